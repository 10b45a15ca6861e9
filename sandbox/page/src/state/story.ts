/**
 * The guided first minute: which steps of the story have really happened, and what the next click is.
 *
 * Read from the chats alone, so a step counts whoever did it and however; nothing is ever ticked off for show.
 */

import type { Message } from '../api/types'

export const CAST = { registrant: 'xiaoli', rival: 'xiaowang', approver: 'laozhang' } as const

export type StepId = 'register' | 'collide' | 'approve' | 'protected' | 'expire' | 'claim'

export type Action =
  | { kind: 'send'; user: string; text: string; label: string }
  | { kind: 'press'; user: string; button: RegExp; label: string }
  | { kind: 'jump'; to: Date; label: string }
  | { kind: 'look'; user: string; label: string }

export interface Evidence {
  registrant: Message[]
  rival: Message[]
  approver: Message[]
  now: Date
}

export interface Lines {
  register: string
  collide: string
  claim: string
}

export interface Story {
  done: Record<StepId, boolean>
  current: StepId | null
  action: Action | null
}

export const STEPS: { id: StepId; title: string }[] = [
  { id: 'register', title: '小李报备' },
  { id: 'collide', title: '小王撞单' },
  { id: 'approve', title: '老张同意' },
  { id: 'protected', title: '已保护' },
  { id: 'expire', title: '跳到到期' },
  { id: 'claim', title: '公海领取' },
]

/** The two near-homophones the story turns on; every card about this customer carries one of them. */
const SUBJECT = /云[途图]/
const SUBMIT = /^(提交|确认提交|提交报备|确认报备|确认)$/
const APPROVE = /^(同意|通过)$/
const COLLIDED = /撞单|已被|已由|正在报备|在报备|占用|冲突|重复|保护中|疑似/
const PROTECTED = /已保护|保护至|保护到/
const RELEASED = /公海/
const CLAIMED = /领取成功|已领取|领取了|归你/
const REFUSED = /可领取|开放|后再|才能领|不能领取|暂不能/
const DAY_MS = 86_400_000
/** Reminders 7, 3 and 1 days before the end, the end itself, and the day after, when claiming opens. */
const JUMP_DAYS = [23, 27, 29, 30, 31]

export function readStory(evidence: Evidence, lines: Lines): Story {
  const done = readDone(evidence)
  const current = STEPS.find((step) => !done[step.id])?.id ?? null
  return { done, current, action: current && nextAction(current, evidence, lines) }
}

function readDone({ registrant, rival, approver }: Evidence): Record<StepId, boolean> {
  const waiting = about(approver).some((message) => hasButton(message, APPROVE))
  const decided = about(approver).some((message) => /已同意|已通过|同意了/.test(message.text))
  const isProtected = about(registrant).some((message) => PROTECTED.test(message.text))
  return {
    register: waiting || decided || isProtected,
    collide: about(rival).some((message) => COLLIDED.test(message.text)),
    approve: decided || isProtected,
    protected: isProtected,
    expire: isReleased(registrant),
    claim: about(rival).some((message) => CLAIMED.test(message.text)),
  }
}

function nextAction(step: StepId, evidence: Evidence, lines: Lines): Action {
  switch (step) {
    case 'register':
      return sendThenSubmit(CAST.registrant, '小李', evidence.registrant, lines.register)
    case 'collide':
      return sendThenSubmit(CAST.rival, '小王', evidence.rival, lines.collide)
    case 'approve':
      return { kind: 'press', user: CAST.approver, button: APPROVE, label: '老张：点“同意”' }
    case 'protected':
      return { kind: 'look', user: CAST.registrant, label: '看小李的卡片' }
    case 'expire':
      return jump(evidence, 0)
    case 'claim':
      return claim(evidence, lines)
  }
}

function sendThenSubmit(user: string, name: string, messages: Message[], text: string): Action {
  const ready = about(messages).some((message) => hasButton(message, SUBMIT))
  if (ready) return { kind: 'press', user, button: SUBMIT, label: `${name}：点“提交”` }
  return { kind: 'send', user, text, label: `${name}：发送报备` }
}

/** Claiming is first refused with the hour it opens; the story shows that refusal, then jumps past it. */
function claim(evidence: Evidence, lines: Lines): Action {
  const said = evidence.rival.findLast((message) => !message.from.bot && message.text.startsWith('领取'))
  const answers = evidence.rival.filter((message) => message.from.bot && said && Number(message.id) > Number(said.id))
  const opensLater = answers.some((message) => REFUSED.test(message.text))
  const start = protectedSince(evidence.registrant)
  const opened = start !== null && evidence.now.getTime() >= start.getTime() + 31 * DAY_MS
  if (opensLater && !opened) return jump(evidence, 30)
  return { kind: 'send', user: CAST.rival, text: lines.claim, label: '小王：领取客户' }
}

function jump({ registrant, now }: Evidence, after: number): Action {
  const start = protectedSince(registrant) ?? now
  const targets = JUMP_DAYS.filter((day) => day > after).map((day) => ({ day, to: jumpTarget(start, day) }))
  const next = targets.find(({ to }) => to > now) ?? { day: 1, to: new Date(now.getTime() + DAY_MS) }
  return { kind: 'jump', to: next.to, label: next.day === 1 ? '时钟 +1 天' : `时钟跳到第 ${next.day} 天` }
}

function jumpTarget(start: Date, day: number): Date {
  return new Date(start.getTime() + day * DAY_MS + 10 * 60_000)
}

function protectedSince(registrant: Message[]): Date | null {
  const card = about(registrant).find((message) => PROTECTED.test(message.text))
  return card ? new Date(card.updated ?? card.at) : null
}

const isReleased = (registrant: Message[]) =>
  about(registrant).some((message) => RELEASED.test(message.text) && /释放|进入|放回|回到|已到期|转入/.test(message.text))

const about = (messages: Message[]) =>
  messages.filter((message) => message.from.bot && !message.recalled && SUBJECT.test(message.text))

const hasButton = (message: Message, label: RegExp) =>
  message.card?.buttons.some((button) => !button.disabled && label.test(button.label)) ?? false
