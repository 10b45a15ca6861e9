/** The control API over fetch. Every refusal becomes a `SandboxError` whose message is a Chinese sentence for the page. */

import type {
  Attachment,
  Changes,
  ChatId,
  ChatSummary,
  ClickResult,
  ClockResult,
  FormValues,
  Message,
  PlatformId,
  SendResult,
  World,
} from './types'

export class SandboxError extends Error {}

const UNREACHABLE = '连不上沙箱服务，请确认 python3 dev.py run 仍在运行。'

export interface Outgoing {
  user: string
  chat: ChatId
  text?: string
  image?: Attachment
  file?: Attachment
}

export interface Click {
  user: string
  message_id: string
  button: string
  form?: FormValues
}

async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`/sandbox/api${path}`, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new SandboxError(UNREACHABLE, { cause })
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new SandboxError(errorSentence(body, response.status))
  return body as T
}

function errorSentence(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null && 'error' in body) return String(body.error)
  return `沙箱没有完成这个操作（${status}）。`
}

function post<T>(path: string, body: object): Promise<T> {
  return request<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export const fetchWorld = () => request<World>('/world')

export const fetchChats = (platform: PlatformId, user: string) =>
  request<ChatSummary[]>(`/${platform}/chats?user=${encodeURIComponent(user)}`)

export const fetchMessages = (platform: PlatformId, user: string, chat: ChatId) =>
  request<Message[]>(
    `/${platform}/chats/${encodeURIComponent(chat)}/messages?user=${encodeURIComponent(user)}`,
  )

export const fetchChanges = (after: number, signal: AbortSignal) =>
  request<Changes>(`/changes?after=${after}&wait=25`, { signal })

export const sendMessage = (platform: PlatformId, message: Outgoing) =>
  post<SendResult>(`/${platform}/messages`, message)

/** The message stands in the chat, but the product took none of its deliveries. */
export const isUnheard = ({ deliveries }: SendResult) =>
  deliveries.length > 0 && deliveries.every((delivery) => delivery.status !== 200)

export const UNHEARD = '消息已发出，但聊单没有应答，请看看它是否在运行。'

export const clickButton = (platform: PlatformId, click: Click) =>
  post<ClickResult>(`/${platform}/clicks`, click)

export const moveClock = (move: { advance: string } | { set: string }) =>
  post<ClockResult>('/clock', move)

export const resetWorld = () => post<object>('/reset', {})
