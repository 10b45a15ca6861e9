import { expect, test } from 'vitest'

import { parsePlain } from './plain'

test('an address ends before Chinese punctuation', () => {
  expect(parsePlain('见 https://crm.example.com/r/42，谢谢')).toEqual([
    { kind: 'text', text: '见 ' },
    { kind: 'link', url: 'https://crm.example.com/r/42', children: [{ kind: 'text', text: 'https://crm.example.com/r/42' }] },
    { kind: 'text', text: '，谢谢' },
  ])
})

test('markup of any other kind stays text', () => {
  expect(parsePlain('<b>x</b>')).toEqual([{ kind: 'text', text: '<b>x</b>' }])
})

test('an anchor with a script address is not a link', () => {
  expect(parsePlain('<a href="javascript:x">点</a>')).toEqual([
    { kind: 'link', url: null, children: [{ kind: 'text', text: '点' }] },
  ])
})
