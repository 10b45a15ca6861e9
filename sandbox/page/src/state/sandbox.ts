/** Everything the page knows, put together once in `main.ts` and handed to the components by injection. */

import { inject, shallowRef, watch, type InjectionKey, type ShallowRef } from 'vue'

import { fetchWorld, resetWorld, SandboxError } from '../api/client'
import type { Person, PlatformId, World } from '../api/types'
import { createClock, type ProductClock } from './clock'
import { createFeed, type Feed, type View } from './feed'
import { createGuide, type Guide } from './guide'
import { createPanes, type Panes } from './panes'
import { createUnread, type Unread } from './unread'

export interface Sandbox {
  world: ShallowRef<World | null>
  /** Why there is nothing to show yet, in a sentence. */
  trouble: ShallowRef<string | null>
  clock: ProductClock
  feed: Feed
  unread: Unread
  panes: Panes
  guide: Guide
  person(key: string): Person | undefined
  /** Platforms write a person's id as the key itself or with a prefix, as in `ou_demo_xiaoli`. */
  personByVendorId(id: string): Person | undefined
  reset(): Promise<void>
}

export const SANDBOX: InjectionKey<Sandbox> = Symbol('sandbox')

const RETRY_MS = 1500
const PLATFORMS: PlatformId[] = ['feishu', 'wecom', 'dingtalk']

export function createSandbox(): Sandbox {
  const world = shallowRef<World | null>(null)
  const trouble = shallowRef<string | null>(null)
  const unread = createUnread()
  const clock = createClock()
  const feed = createFeed({ chats: unread.note, clock: clock.set })
  const panes = createPanes(platformFromAddress())
  const guide = createGuide(feed, clock, panes, () => world.value?.examples ?? [])

  async function load(): Promise<void> {
    try {
      world.value = await fetchWorld()
      clock.set(world.value.clock)
      trouble.value = null
      feed.start()
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error
      trouble.value = error.message
      setTimeout(load, RETRY_MS)
    }
  }

  watch(
    () => [...openViews(panes), ...guide.views.value],
    (views) => feed.look(distinct(views)),
    { immediate: true },
  )
  watch(() => inboxesOf(world.value, panes), feed.follow)
  watch(
    () => openViews(panes).map((view) => [view, feed.chatsOf(view.platform, view.user)] as const),
    (opened) => opened.forEach(([view]) => unread.markSeen(view)),
  )
  void load()

  return {
    world,
    trouble,
    clock,
    feed,
    unread,
    panes,
    guide,
    person: (key) => world.value?.people.find((person) => person.key === key),
    personByVendorId: (id) => world.value?.people.find(({ key }) => id === key || id.endsWith(`_${key}`)),
    async reset() {
      await resetWorld()
      feed.forget()
      unread.forget()
      clock.outcome.value = ''
      world.value = await fetchWorld()
      clock.set(world.value.clock)
      await feed.refresh()
    },
  }
}

export function useSandbox(): Sandbox {
  const sandbox = inject(SANDBOX)
  if (!sandbox) throw new Error('useSandbox: main.ts provides it')
  return sandbox
}

function platformFromAddress(): PlatformId {
  const asked = window.location.hash.slice(1)
  return PLATFORMS.find((platform) => platform === asked) ?? 'feishu'
}

function openViews(panes: Panes): View[] {
  return panes.visible.value.flatMap(({ platform, user, chat }) => (chat === null ? [] : [{ platform, user, chat }]))
}

function distinct(views: View[]): View[] {
  return [...new Map(views.map((view) => [`${view.platform}/${view.user}/${view.chat}`, view])).values()]
}

/** Everybody's chats on the story's platform, and those of the phones that were set to another one. */
function inboxesOf(world: World | null, panes: Panes): { platform: PlatformId; user: string }[] {
  const everybody = (world?.people ?? []).map((person) => ({ platform: panes.platform.value, user: person.key }))
  const others = panes.all.filter((pane) => pane.platform !== panes.platform.value)
  return [...everybody, ...others.map(({ platform, user }) => ({ platform, user }))]
}
