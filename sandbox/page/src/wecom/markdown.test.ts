import { expect, test } from 'vitest'

import { parseInline, parseMarkdown } from './markdown'

test('WeCom shows no lists: a dash stays a dash', () => {
  expect(parseMarkdown('- 一')).toEqual([{ kind: 'paragraph', children: [{ kind: 'text', text: '- 一' }] }])
})

test('colours are the three of WeCom only', () => {
  expect(parseInline('<font color="warning">今日</font><font color="red">x</font>')).toEqual([
    { kind: 'color', color: 'warning', children: [{ kind: 'text', text: '今日' }] },
    { kind: 'text', text: '<font color="red">x</font>' },
  ])
})

test('headings and quotes are read line by line', () => {
  expect(parseMarkdown('### 公海\n> **云途**').map((block) => block.kind)).toEqual(['heading', 'quote'])
})
