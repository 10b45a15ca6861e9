import { expect, test } from 'vitest'

import type { Message } from '../api/types'
import { readStory, type Evidence } from './story'

const LINES = { register: '报备 杭州云途科技', collide: '报备 杭州云图科技', claim: '领取 云途' }
const START = new Date('2026-11-24T10:00:00+08:00')
const later = (days: number, minutes = 0) => new Date(START.getTime() + days * 86_400_000 + minutes * 60_000)

let counter = 0

function said(text: string, at: Date, buttons: string[] = [], user: string | null = null): Message {
  counter += 1
  return {
    id: String(counter),
    from: { key: user, name: user ?? '聊单', bot: user === null },
    at: at.toISOString(),
    kind: user === null ? 'card' : 'text',
    text,
    card: { title: text, buttons: buttons.map((label) => ({ label, id: label })) },
    raw: null,
    updated: null,
    revision: counter,
    recalled: false,
    attachment: null,
  }
}

function evidence(parts: Partial<Evidence>): Evidence {
  return { registrant: [], rival: [], approver: [], now: START, ...parts }
}

const protectedCard = said('云途 已保护至 12月24日', START)
const collision = said('撞单：云图 与小李的云途重复', START)
const untilProtected = { registrant: [protectedCard], rival: [collision], approver: [said('云途 已同意', START)] }

test('the story opens with the registration to send', () => {
  const story = readStory(evidence({}), LINES)

  expect(story.current).toBe('register')
  expect(story.action).toMatchObject({ kind: 'send', user: 'xiaoli', text: LINES.register })
})

test('a sent message is not offered again while the bot may still answer', () => {
  const sent = said(LINES.register, START, [], 'xiaoli')

  expect(readStory(evidence({ registrant: [sent] }), LINES).action?.kind).toBe('wait')
  expect(readStory(evidence({ registrant: [sent], now: later(0, 1) }), LINES).action?.kind).toBe('send')
})

test('a draft asks for the press of its button and counts for nothing', () => {
  const story = readStory(evidence({ registrant: [said('云途 请核对', START, ['提交'])] }), LINES)

  expect(story.done.register).toBe(false)
  expect(story.action).toMatchObject({ kind: 'press', user: 'xiaoli' })
})

test('the registration is done once the approver holds it', () => {
  const story = readStory(evidence({ approver: [said('云途 待审批', START, ['同意', '驳回'])] }), LINES)

  expect(story.done.register).toBe(true)
  expect(story.current).toBe('collide')
})

test('after the approval the clock stops at each reminder and at the end', () => {
  const labels = [0, 23.1, 27.1, 29.1].map((days) => {
    const action = readStory(evidence({ ...untilProtected, now: later(days) }), LINES).action
    return action?.label
  })

  expect(labels).toEqual([23, 27, 29, 30].map((day) => `时钟跳到第 ${day} 天`))
})

test('a reminder that speaks of the pool is not yet the release', () => {
  const reminder = said('云途 保护期还剩 1 天，到期会自动回到公海。', later(29))
  const registrant = [protectedCard, reminder]

  expect(readStory(evidence({ ...untilProtected, registrant, now: later(29, 5) }), LINES).done.expire).toBe(false)
})

test('a refused claim leads to the hour it opens, and the claim ends the story', () => {
  const registrant = [protectedCard, said('客户已回公海：云途', later(30))]
  const refused = [collision, said(LINES.claim, later(30, 70), [], 'xiaowang'), said('“云途”刚进公海，12月25日 10:00 起可以领取。', later(30, 70))]
  const claimed = [...refused, said('领取成功：云途', later(31, 130))]
  const at = (rival: Message[], now: Date) => readStory(evidence({ ...untilProtected, registrant, rival, now }), LINES)

  expect(at(refused, later(30, 71)).action).toMatchObject({ kind: 'jump', label: '时钟跳到第 31 天' })
  expect(at(refused, later(31, 131)).action).toMatchObject({ kind: 'send', text: LINES.claim })
  expect(at(claimed, later(31, 131)).current).toBeNull()
})

test('where a card has no button for the decision, the story asks for the choice in its form', () => {
  const request = said('云途 待审批', START, ['提交'])
  const inputs = [{ name: '_a', options: [{ label: '同意', value: 'x' }, { label: '驳回', value: 'y' }] }]
  const approver = [{ ...request, card: { title: '', buttons: request.card?.buttons ?? [], form: { inputs } } }]
  const story = readStory(evidence({ rival: [collision], approver }), LINES)

  expect(story.done.register).toBe(true)
  expect(story.action).toMatchObject({ kind: 'press', user: 'laozhang', label: '老张：操作选“同意”，再提交' })
})
