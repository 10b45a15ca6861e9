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
  | { kind: 'jump'; user: string; to: Date; label: string }
  | { kind: 'look'; user: string; label: string }
  /** The bot has not answered yet. */
  | { kind: 'wait'; user: string; label: string }

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
const SUBMIT = /^(提交|继续提交)$/
const APPROVE = /^同意$/
const COLLIDED = /撞单|可能重复|高度疑似/
const DECIDED = /已同意/
const PROTECTED = /已保护/
const RELEASED = /已释放|已回公海/
const CLAIMED = /领取成功|已领取/
const REFUSED = /起可以领取/
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** How long an answer may take before the story offers to send again. */
const PATIENCE_MS = 15_000
/** Nothing that is said earlier than this after the approval can be the release. */
const EARLIEST_RELEASE_MS = 29.9 * DAY_MS

/** The day after the end, when claiming opens. */
const LAST_STOP = { day: 31, minutes: 130 }

/**
 * Where the clock stops after the approval: the reminders 7, 3 and 1 days before the end, the end, and the day
 * after. The minutes leave the product's sweeps time to run.
 */
const STOPS = [
  { day: 23, minutes: 5 },
  { day: 27, minutes: 5 },
  { day: 29, minutes: 5 },
  { day: 30, minutes: 65 },
  LAST_STOP,
]

export function readStory(evidence: Evidence, lines: Lines): Story {
  const done = readDone(evidence)
  const current = STEPS.find((step) => !done[step.id])?.id ?? null
  return { done, current, action: current && nextAction(current, evidence, lines) }
}

/** A later step implies the earlier ones: cards change their faces as the story goes on. */
function readDone(evidence: Evidence): Record<StepId, boolean> {
  const { registrant, rival, approver } = evidence
  const claim = about(rival).some((message) => CLAIMED.test(message.text))
  const expire = claim || isReleased(evidence)
  const isProtected = expire || about(registrant).some((message) => PROTECTED.test(message.text))
  const approve = isProtected || about(approver).some((message) => DECIDED.test(message.text))
  const register = approve || about(approver).some((message) => offers(message, APPROVE))
  const collide = about(rival).some((message) => COLLIDED.test(message.text))
  return { register, collide, approve, protected: isProtected, expire, claim }
}

function nextAction(step: StepId, evidence: Evidence, lines: Lines): Action {
  switch (step) {
    case 'register':
      return sendThenSubmit(CAST.registrant, '小李', evidence.registrant, lines.register, evidence.now)
    case 'collide':
      return sendThenSubmit(CAST.rival, '小王', evidence.rival, lines.collide, evidence.now)
    case 'approve':
      return approve(evidence.approver)
    case 'protected':
      return { kind: 'look', user: CAST.registrant, label: '看小李的卡片' }
    case 'expire':
      return jump(evidence, CAST.registrant, 0)
    case 'claim':
      return claim(evidence, lines)
  }
}

function approve(messages: Message[]): Action {
  const newest = about(messages).findLast((message) => offers(message, APPROVE))
  const isChoice = newest !== undefined && !hasButton(newest, APPROVE)
  const label = isChoice ? '老张：操作选“同意”，再提交' : '老张：点“同意”'
  return { kind: 'press', user: CAST.approver, button: APPROVE, label }
}

function sendThenSubmit(user: string, name: string, messages: Message[], text: string, now: Date): Action {
  const ready = about(messages).some((message) => hasButton(message, SUBMIT))
  if (ready) return { kind: 'press', user, button: SUBMIT, label: `${name}：点“提交”` }
  if (isUnanswered(messages, text, now)) return { kind: 'wait', user, label: '聊单正在回复' }
  return { kind: 'send', user, text, label: `${name}：发送报备` }
}

function isUnanswered(messages: Message[], text: string, now: Date): boolean {
  const last = messages.at(-1)
  return last !== undefined && !last.from.bot && last.text === text && now.getTime() - shownAt(last) < PATIENCE_MS
}

/** Claiming is first refused with the hour it opens; the story shows that refusal, then jumps past it. */
function claim(evidence: Evidence, lines: Lines): Action {
  const said = evidence.rival.findLast((message) => !message.from.bot && message.text.startsWith('领取'))
  const answers = evidence.rival.filter((message) => message.from.bot && said && Number(message.id) > Number(said.id))
  const opensLater = answers.some((message) => REFUSED.test(message.text))
  const start = protectedSince(evidence)
  const opened = start === null || evidence.now >= stopAt(start, LAST_STOP)
  if (opensLater && !opened) return jump(evidence, CAST.rival, 30)
  if (isUnanswered(evidence.rival, lines.claim, evidence.now)) return { kind: 'wait', user: CAST.rival, label: '聊单正在回复' }
  return { kind: 'send', user: CAST.rival, text: lines.claim, label: '小王：领取客户' }
}

function jump(evidence: Evidence, user: string, after: number): Action {
  const { now } = evidence
  const start = protectedSince(evidence) ?? now
  const next = STOPS.find((stop) => stop.day > after && stopAt(start, stop) > now)
  if (!next) return { kind: 'jump', user, to: new Date(now.getTime() + DAY_MS), label: '时钟 +1 天' }
  return { kind: 'jump', user, to: stopAt(start, next), label: `时钟跳到第 ${next.day} 天` }
}

function stopAt(start: Date, { day, minutes }: (typeof STOPS)[number]): Date {
  const instant = start.getTime() + day * DAY_MS + minutes * MINUTE_MS
  return new Date(Math.ceil(instant / MINUTE_MS) * MINUTE_MS)
}

/** When the approval was first seen; later changes of the same cards do not move it. */
function protectedSince({ registrant, approver }: Evidence): Date | null {
  const seen = [
    ...about(registrant).filter((message) => PROTECTED.test(message.text)),
    ...about(approver).filter((message) => DECIDED.test(message.text)),
  ].map(shownAt)
  return seen.length === 0 ? null : new Date(Math.min(...seen))
}

function isReleased(evidence: Evidence): boolean {
  const start = protectedSince(evidence)
  if (!start) return false
  return about(evidence.registrant).some(
    (message) => RELEASED.test(message.text) && shownAt(message) - start.getTime() > EARLIEST_RELEASE_MS,
  )
}

const shownAt = (message: Message) => Date.parse(message.updated ?? message.at)

/** The last thing the bot said about the story's customer. */
export const newestAbout = (messages: Message[]): Message | undefined => about(messages).at(-1)

const about = (messages: Message[]) =>
  messages.filter((message) => message.from.bot && !message.recalled && SUBJECT.test(message.text))

/** Some platforms have no button for every decision, but a choice in the card's form. */
export const offers = (message: Message, label: RegExp): boolean => hasButton(message, label) || choiceOf(message, label)

const hasButton = (message: Message, label: RegExp) =>
  message.card?.buttons.some((button) => !button.disabled && label.test(button.label)) ?? false

const choiceOf = (message: Message, label: RegExp) =>
  message.card?.form?.inputs.some((input) => input.options.some((option) => label.test(option.label))) ?? false
