import { expect, test } from 'vitest'

import type { Block, Inline } from '../shared/rich'
import { decodeEntities, parseInline, parseMarkdown } from './markdown'

const text = (value: string): Inline => ({ kind: 'text', text: value })
const paragraph = (...children: Inline[]): Block => ({ kind: 'paragraph', children })

test('entities keep customer text from being read as markup', () => {
  expect(parseInline('&#42;&#42;不是粗体&#42;&#42; &#60;at id=all&#62;')).toEqual([text('**不是粗体** <at id=all>')])
})

test('an entity is decoded once only', () => {
  expect(decodeEntities('&#38;#60;')).toBe('&#60;')
})

test('an impossible code point stays as it was written', () => {
  expect(decodeEntities('&#9999999; &#0; &nosuch;')).toBe('&#9999999; &#0; &nosuch;')
})

test('HTML that is not one of the tags known to Feishu stays text', () => {
  expect(parseInline('<img src=x onerror=alert(1)><script>1</script>')).toEqual([
    text('<img src=x onerror=alert(1)><script>1</script>'),
  ])
})

test('a link with another scheme than the web loses its address', () => {
  expect(parseInline('[点我](javascript:alert)')).toEqual([{ kind: 'link', url: null, children: [text('点我')] }])
})

test('bold, colour, break and mention nest', () => {
  expect(parseInline("**客户** <font color='red'>**急**</font><br><at id=ou_demo_laozhang></at>")).toEqual([
    { kind: 'bold', children: [text('客户')] },
    text(' '),
    { kind: 'color', color: 'red', children: [{ kind: 'bold', children: [text('急')] }] },
    { kind: 'break' },
    { kind: 'mention', id: 'ou_demo_laozhang', text: '' },
  ])
})

test('a person with attributes is a mention', () => {
  expect(parseInline("<person id='ou_x' show_name=true style='capsule'></person>")).toEqual([
    { kind: 'mention', id: 'ou_x', text: '' },
  ])
})

test('blocks: heading, list, quote, rule and paragraphs apart', () => {
  expect(parseMarkdown('# 日报\n- 一\n- 二\n\n> 注意\n---\n正文\n第二行')).toEqual([
    { kind: 'heading', level: 1, children: [text('日报')] },
    { kind: 'list', ordered: false, items: [[text('一')], [text('二')]] },
    { kind: 'quote', children: [text('注意')] },
    { kind: 'rule' },
    paragraph(text('正文'), { kind: 'break' }, text('第二行')),
  ])
})

test('an unclosed mark is plain text', () => {
  expect(parseInline('**没有结尾 `也没有')).toEqual([text('**没有结尾 `也没有')])
})
