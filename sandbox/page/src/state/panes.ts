/** The phones on the desk: who holds each, on which platform, and which chat is open (null shows the chat list). */

import { computed, reactive, ref, type ComputedRef, type Ref } from 'vue'

import type { ChatId, PlatformId } from '../api/types'
import { CAST } from './story'

export const DIRECT: ChatId = 'p2p'
const THREE_PHONES_FROM = 1200
const TWO_PHONES_FROM = 820

export interface Pane {
  id: number
  platform: PlatformId
  user: string
  chat: ChatId | null
}

export interface Panes {
  all: Pane[]
  visible: ComputedRef<Pane[]>
  active: ComputedRef<Pane>
  platform: Ref<PlatformId>
  switchPlatform(platform: PlatformId): void
  setPlatform(pane: Pane, platform: PlatformId): void
  activate(pane: Pane): void
  hold(pane: Pane, user: string): void
  show(user: string): Pane
}

export function createPanes(first: PlatformId): Panes {
  const platform = ref<PlatformId>(first)
  const all = reactive(Object.values(CAST).map((user, id): Pane => ({ id, platform: first, user, chat: DIRECT })))
  const activeId = ref(0)
  const width = ref(window.innerWidth)
  window.addEventListener('resize', () => (width.value = window.innerWidth))

  const active = computed(() => all[activeId.value] as Pane)
  const visible = computed(() => phonesThatFit(all, active.value, width.value))

  const activate = (pane: Pane) => (activeId.value = pane.id)
  const hold = (pane: Pane, user: string) => Object.assign(pane, { user, chat: DIRECT })

  /** Brings a person's direct chat to the front: their own phone if one is on the desk, else the active one. */
  function show(user: string): Pane {
    const pane = all.find((item) => item.user === user && item.platform === platform.value)
      ?? Object.assign(active.value, { platform: platform.value })
    hold(pane, user)
    activate(pane)
    return pane
  }

  function switchPlatform(next: PlatformId): void {
    platform.value = next
    for (const pane of all) Object.assign(pane, { platform: next, chat: DIRECT })
  }

  const setPlatform = (pane: Pane, next: PlatformId) => Object.assign(pane, { platform: next, chat: DIRECT })

  return { all, visible, active, platform, switchPlatform, setPlatform, activate, hold, show }
}

function phonesThatFit(all: Pane[], active: Pane, width: number): Pane[] {
  if (width >= THREE_PHONES_FROM) return all
  if (width < TWO_PHONES_FROM) return [active]
  const first = Math.min(active.id, all.length - 2)
  return all.slice(first, first + 2)
}
