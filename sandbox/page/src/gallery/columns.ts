/** Where the gallery's cards lie: `python -m tests.gallery` sends them to these people, each after a text with its name. */

import type { ChatId, Message, PlatformId } from '../api/types'
import { DIRECT, type Pane } from '../state/panes'

export interface Column {
  title: string
  platform: PlatformId
  user: string
  chat: ChatId
}

export interface Exhibit {
  name: string
  messages: Message[]
}

const GROUP: ChatId = 'east_group'

export const COLUMNS: Column[] = [
  { title: '飞书', platform: 'feishu', user: 'xiaoli', chat: DIRECT },
  { title: '钉钉', platform: 'dingtalk', user: 'xiaoli', chat: DIRECT },
  { title: '企业微信', platform: 'wecom', user: 'xiaoli', chat: DIRECT },
  { title: '企业微信群', platform: 'wecom', user: 'xiaoli', chat: GROUP },
  { title: '钉钉，没有导入模板', platform: 'dingtalk', user: 'xiaowang', chat: DIRECT },
  { title: '纯文字', platform: 'feishu', user: 'xiaowang', chat: DIRECT },
]

const NAME = /^(?:[a-z_]+\.)+[a-z_]+$/

/** The messages after each name, in the order in which they were sent. */
export function exhibits(messages: Message[]): Exhibit[] {
  const found: Exhibit[] = []
  for (const message of messages) {
    if (message.kind === 'text' && NAME.test(message.text)) found.push({ name: message.text, messages: [] })
    else found.at(-1)?.messages.push(message)
  }
  return found
}

export const paneOf = ({ platform, user, chat }: Column, id: number): Pane => ({ id, platform, user, chat })
