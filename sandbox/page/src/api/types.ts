/** What the sandbox's control API says, as the page uses it. Vendor JSON stays `unknown` until a renderer reads it. */

export type PlatformId = 'feishu' | 'wecom' | 'dingtalk'
export type ChatId = string

export interface Platform {
  id: PlatformId
  name: string
  group_inbound: boolean
  forms: boolean
}

export interface Person {
  key: string
  name: string
  title: string
  department: string
  outsider: boolean
  roles: string[]
}

export interface Group {
  key: string
  name: string
  members: string[]
}

export interface Example {
  platform: PlatformId | null
  user: string
  chat: ChatId
  text: string
  hint: string
}

export interface World {
  name: string
  bot: { name: string }
  clock: string
  product_url: string
  platforms: Platform[]
  people: Person[]
  groups: Group[]
  examples: Example[]
}

export interface ChatSummary {
  id: ChatId
  name: string
  kind: 'direct' | 'group'
  last: { id: string; text: string; at: string } | null
  count: number
}

export interface CardButton {
  label: string
  id: string
  style?: string
  disabled?: boolean
  url?: string
}

export interface CardInput {
  name: string
  options: { label: string; value: string }[]
}

export interface CardSummary {
  title: string
  buttons: CardButton[]
  form?: { inputs: CardInput[] } | null
}

export interface Message {
  id: string
  from: { key: string | null; name: string; bot: boolean }
  at: string
  kind: 'text' | 'markdown' | 'card' | 'image' | 'file' | 'system'
  text: string
  card: CardSummary | null
  raw: unknown
  updated: string | null
  revision: number
  recalled: boolean
  /** Where the picture or file of the message is served; null for other messages. */
  attachment: string | null
}

export interface Attachment {
  name: string
  base64: string
}

export interface Delivery {
  status: number
  ms: number
}

export interface SendResult {
  message_id: string
  deliveries: Delivery[]
}

export interface ToastText {
  type: 'info' | 'success' | 'error' | 'warning'
  text: string
}

export interface ClickResult {
  status: number
  ms: number
  toast: ToastText | null
  card_changed: boolean
  client_error: string | null
}

export interface JobRun {
  job: string
  slot: string
  state?: string
  result?: string
}

export interface ClockResult {
  clock: string
  ran: JobRun[]
}

export interface Changes {
  seq: number
  clock: string
}

export type FormValue = string | string[] | boolean
export type FormValues = Record<string, FormValue>
