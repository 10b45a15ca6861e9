import { expect, test } from 'vitest'

import { parseInline, parseMarkdown, sendingLinks } from './markdown'

test('lines end with a tag or at a line break', () => {
  expect(parseMarkdown('甲<br>乙\n丙')).toEqual([
    { kind: 'paragraph', children: [{ kind: 'text', text: '甲' }, { kind: 'break' }, { kind: 'text', text: '乙' }, { kind: 'break' }, { kind: 'text', text: '丙' }] },
  ])
})

test('headings, quotes, rules and lists are blocks', () => {
  const blocks = parseMarkdown('#### 标题\n> 引用\n---\n- 一\n- 二')

  expect(blocks.map((block) => block.kind)).toEqual(['heading', 'quote', 'rule', 'list'])
  expect(blocks.at(-1)).toMatchObject({ items: [[{ text: '一' }], [{ text: '二' }]] })
})

test('colours carry the names of the card platform, with or without quotes', () => {
  expect(parseInline('<font color=common_red1_color>急</font><font color="#ff0000">红</font>')).toEqual([
    { kind: 'color', color: 'common_red1_color', children: [{ kind: 'text', text: '急' }] },
    { kind: 'color', color: '#ff0000', children: [{ kind: 'text', text: '红' }] },
  ])
})

test('a link that sends a text is no address to open', () => {
  expect(parseInline('[同意](dtmd://dingtalkclient/sendMessage?content=ok)[看](https://x.test)[坏](javascript:alert(1))')).toMatchObject([
    { kind: 'press', url: 'dtmd://dingtalkclient/sendMessage?content=ok' },
    { kind: 'link', url: 'https://x.test' },
    { kind: 'link', url: null },
    { kind: 'text' },
  ])
})

test('who is called, pictures and emphasis', () => {
  expect(parseInline('<a atId=dt_xiaoli>小李</a>![图](@lA1)**粗***斜*')).toEqual([
    { kind: 'mention', id: 'dt_xiaoli', text: '小李' },
    { kind: 'image', alt: '图' },
    { kind: 'bold', children: [{ kind: 'text', text: '粗' }] },
    { kind: 'italic', children: [{ kind: 'text', text: '斜' }] },
  ])
})

test('links that send a text are numbered as they stand in the message', () => {
  const sends = (text: string) => `dtmd://dingtalkclient/sendMessage?content=${text}`

  expect(sendingLinks(`1. **[甲](https://x.test)** [领取](${sends('a')})\n2. [领取](${sends('b')})`)).toEqual([sends('a'), sends('b')])
})
