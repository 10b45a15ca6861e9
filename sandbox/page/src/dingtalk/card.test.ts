import { expect, test } from 'vitest'

import type { Message } from '../api/types'
import { initialValues, missingFields, readBlocks, type DingtalkField } from './card'

const message = (raw: unknown, buttons: { label: string; id: string; url?: string }[] = []): Message => ({
  id: '1',
  from: { key: null, name: '聊单', bot: true },
  at: '2026-11-23T09:00:00+08:00',
  kind: 'card',
  text: '',
  card: { title: '', buttons },
  raw,
  updated: null,
  revision: 1,
  recalled: false,
  attachment: null,
})

const interactive = (...view: object[]) => message({ msgtype: 'interactiveCard', view })

const FIELD = { name: 'name', label: '公司', kind: 'text', value: '云图', required: true, options: [] }

test('blocks come in the order of the template', () => {
  const blocks = readBlocks(interactive({ kind: 'title', content: '报备' }, { kind: 'divider' }, { kind: 'markdown', content: '**甲**' }))

  expect(blocks.map((block) => block.kind)).toEqual(['title', 'divider', 'markdown'])
})

test('few short buttons stand side by side, many or long ones are stacked', () => {
  const buttons = (...labels: string[]) => ({ kind: 'buttons', buttons: labels.map((label) => ({ id: label, label })) })
  const blocks = readBlocks(interactive(buttons('同意', '驳回'), buttons('同意并保护给报备人', '驳回'), buttons('1', '2', '3', '4')))

  expect(blocks.map((block) => block.kind === 'buttons' && block.stacked)).toEqual([false, true, true])
})

test('a form starts with what the card says and names what is missing', () => {
  const more = [{ name: 'tags', kind: 'multi_select', label: '标签', value: ['a'] }, { name: 'ok', kind: 'checkbox', label: '加急', value: true }]
  const [block] = readBlocks(interactive({ kind: 'form', fields: [FIELD, ...more], submit: { id: 'form', label: '提交' } }))
  const fields: DingtalkField[] = block?.kind === 'form' ? block.fields : []

  expect(initialValues(block ? [block] : [])).toEqual({ name: '云图', tags: ['a'], ok: true })
  expect(missingFields(fields, { name: '' })).toEqual(['公司'])
  expect(missingFields(fields, { name: '云图' })).toEqual([])
})

test('a block nobody knows is pointed out', () => {
  expect(readBlocks(interactive({ kind: 'broken', text: '内容加载失败' }))).toEqual([{ kind: 'broken', content: '内容加载失败' }])
})

test('only web addresses become links', () => {
  const raw = { msgtype: 'actionCard', actionCard: { title: '甲', text: '乙', btnOrientation: '1' } }
  const links = [{ label: '看', id: 'link0', url: 'https://x.test' }, { label: '发', id: 'link1', url: 'dtmd://dingtalkclient/sendMessage?content=a' }]
  const buttons = readBlocks(message(raw, links)).find((block) => block.kind === 'buttons')

  expect(buttons?.kind === 'buttons' && buttons.buttons.map((button) => button.url)).toEqual(['https://x.test', null])
  expect(buttons?.kind === 'buttons' && buttons.stacked).toBe(false)
})

test('a work notice shows its state and at most six rows', () => {
  const rows = Array.from({ length: 8 }, (_, place) => ({ key: `第${place}项`, value: String(place) }))
  const raw = { msgtype: 'oa', oa: { head: { text: '聊单' }, status_bar: { status_value: '已同意' }, body: { title: '报备', form: rows } } }
  const [head, title, listed] = readBlocks(message(raw))

  expect([head, title]).toEqual([{ kind: 'text', content: '聊单 · 已同意' }, { kind: 'title', content: '报备' }])
  expect(listed?.kind === 'rows' && listed.rows.length).toBe(6)
})
