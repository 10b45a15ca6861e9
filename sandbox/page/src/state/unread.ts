/** How many messages of a chat its person has not looked at. What was there when the page opened counts as read. */

import { shallowReactive } from 'vue'

import type { ChatId, ChatSummary, PlatformId } from '../api/types'
import { inboxKey, type Inbox, type View } from './feed'

interface Tally {
  seen: number
  count: number
}

export interface Unread {
  note(inbox: Inbox, chats: ChatSummary[]): void
  markSeen(view: View): void
  inChat(platform: PlatformId, user: string, chat: ChatId): number
  ofPerson(platform: PlatformId, user: string): number
  forget(): void
}

export function createUnread(): Unread {
  const inboxes = shallowReactive(new Map<string, Map<ChatId, Tally>>())

  return {
    note({ platform, user }, chats) {
      const before = inboxes.get(inboxKey({ platform, user }))
      const tallies = chats.map((chat): [ChatId, Tally] => [chat.id, nextTally(before, chat)])
      inboxes.set(inboxKey({ platform, user }), new Map(tallies))
    },
    markSeen({ platform, user, chat }) {
      const before = inboxes.get(inboxKey({ platform, user }))
      const tally = before?.get(chat)
      if (!before || !tally || tally.seen === tally.count) return
      inboxes.set(inboxKey({ platform, user }), new Map(before).set(chat, { ...tally, seen: tally.count }))
    },
    inChat: (platform, user, chat) => unreadOf(inboxes.get(inboxKey({ platform, user }))?.get(chat)),
    ofPerson(platform, user) {
      const tallies = inboxes.get(inboxKey({ platform, user }))?.values() ?? []
      return [...tallies].reduce((sum, tally) => sum + unreadOf(tally), 0)
    },
    forget: () => inboxes.clear(),
  }
}

const unreadOf = (tally: Tally | undefined) => (tally ? tally.count - tally.seen : 0)

function nextTally(before: Map<ChatId, Tally> | undefined, chat: ChatSummary): Tally {
  if (!before) return { seen: chat.count, count: chat.count }
  return { seen: Math.min(before.get(chat.id)?.seen ?? 0, chat.count), count: chat.count }
}
