/**
 * What has happened in the emulated chats, kept current by one long-poll.
 *
 * Holds the chat lists of everybody and the messages of the views somebody looks at. Who looks at what is decided by
 * `panes.ts`; what counts as unread by `unread.ts`.
 */

import { ref, shallowReactive, type Ref } from 'vue'

import { fetchChanges, fetchChats, fetchMessages, SandboxError } from '../api/client'
import type { ChatId, ChatSummary, Message, PlatformId } from '../api/types'

export interface View {
  platform: PlatformId
  user: string
  chat: ChatId
}

export const viewKey = (view: View) => `${view.platform}/${view.user}/${view.chat}`
export const inboxKey = ({ platform, user }: Inbox) => `${platform}/${user}`

const RETRY_MS = 1500
const PARALLEL_READS = 3

export interface Feed {
  online: Ref<boolean>
  chatsOf(platform: PlatformId, user: string): ChatSummary[] | undefined
  messagesOf(view: View): Message[] | undefined
  look(views: View[]): void
  follow(inboxes: Inbox[]): void
  refresh(): Promise<void>
  forget(): void
  start(): void
}

export interface Inbox {
  platform: PlatformId
  user: string
}

export interface Listeners {
  chats(inbox: Inbox, chats: ChatSummary[]): void
  clock(instant: string): void
}

export function createFeed(on: Listeners): Feed {
  const online = ref(true)
  const chats = shallowReactive(new Map<string, ChatSummary[]>())
  const messages = shallowReactive(new Map<string, Message[]>())
  let views: View[] = []
  let inboxes: Inbox[] = []
  let seq = 0

  async function readView(view: View): Promise<void> {
    const key = viewKey(view)
    messages.set(key, keepUnchanged(messages.get(key) ?? [], await fetchMessages(view.platform, view.user, view.chat)))
  }

  async function readInbox(inbox: Inbox): Promise<void> {
    const found = await fetchChats(inbox.platform, inbox.user)
    chats.set(inboxKey(inbox), found)
    on.chats(inbox, found)
  }

  async function refresh(): Promise<void> {
    await Promise.all(views.map(readView))
    await inTurns(inboxes, PARALLEL_READS, readInbox)
  }

  async function poll(): Promise<void> {
    const changes = await fetchChanges(seq, AbortSignal.timeout(40_000))
    seq = changes.seq
    on.clock(changes.clock)
    online.value = true
    await refresh()
  }

  async function run(): Promise<never> {
    for (;;) {
      await poll().catch(async () => {
        online.value = false
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      })
    }
  }

  return {
    online,
    chatsOf: (platform, user) => chats.get(inboxKey({ platform, user })),
    messagesOf: (view) => messages.get(viewKey(view)),
    look(next) {
      const known = new Set(views.map(viewKey))
      views = next
      for (const view of next.filter((item) => !known.has(viewKey(item)))) readView(view).catch(ignoreRefusal)
    },
    follow(next) {
      const known = new Set(inboxes.map(inboxKey))
      inboxes = next
      inTurns(next.filter((item) => !known.has(inboxKey(item))), PARALLEL_READS, readInbox).catch(ignoreRefusal)
    },
    refresh,
    forget() {
      chats.clear()
      messages.clear()
    },
    start() {
      void run()
    },
  }
}

/** The long-poll reads everything again after a refusal, so one refused read needs no answer of its own. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SandboxError)) throw error
}

/** Unchanged messages keep their identity, so that half-filled forms survive a refresh. */
function keepUnchanged(before: Message[], after: Message[]): Message[] {
  const known = new Map(before.map((message) => [message.id, message]))
  return after.map((message) => {
    const old = known.get(message.id)
    return old && sameFace(old, message) ? old : message
  })
}

function sameFace(one: Message, other: Message): boolean {
  return (
    one.revision === other.revision &&
    one.updated === other.updated &&
    one.recalled === other.recalled &&
    one.text === other.text &&
    one.at === other.at
  )
}

async function inTurns<T>(items: T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
