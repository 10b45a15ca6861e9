/** The story on the desk: follows the chats of its cast, performs the next step, and points at the button to press. */

import { computed, ref, type ComputedRef, type Ref } from 'vue'

import type { Example, Message, PlatformId } from '../api/types'
import type { ProductClock } from './clock'
import type { Feed, View } from './feed'
import { DIRECT, type Pane, type Panes } from './panes'
import { CAST, newestAbout, offers, readStory, type Lines, type Story } from './story'

export interface Guide {
  story: ComputedRef<Story>
  views: ComputedRef<View[]>
  /** Whose phone the story asked to look at last, so that it can be pointed out. */
  spotlight: Ref<string | null>
  hintFor(pane: Pane, message: Message): RegExp | null
  point(user: string): void
  newestFor(user: string): Message | undefined
}

const LINES: Lines = {
  register: '报备 杭州云途科技 张伟 13800001111 预算50万 展会',
  collide: '报备 杭州云图科技有限公司 张伟 13800001111',
  claim: '领取 云途',
}

export function createGuide(feed: Feed, clock: ProductClock, panes: Panes, examples: () => Example[]): Guide {
  const spotlight = ref<string | null>(null)
  const view = (user: string): View => ({ platform: panes.platform.value, user, chat: DIRECT })
  const messages = (user: string) => feed.messagesOf(view(user)) ?? []

  const story = computed(() => {
    const evidence = {
      registrant: messages(CAST.registrant),
      rival: messages(CAST.rival),
      approver: messages(CAST.approver),
      now: clock.now.value,
    }
    return readStory(evidence, linesFrom(examples(), panes.platform.value))
  })

  /** Only the newest card with that button is pointed at. */
  function hintFor(pane: Pane, message: Message): RegExp | null {
    const action = story.value.action
    if (action?.kind !== 'press' || action.user !== pane.user || pane.platform !== panes.platform.value) return null
    const newest = messages(pane.user).findLast((item) => offers(item, action.button))
    return newest?.id === message.id ? action.button : null
  }

  function point(user: string): void {
    panes.show(user)
    spotlight.value = user
    setTimeout(() => (spotlight.value = null), 1600)
  }

  return { story, views: computed(() => Object.values(CAST).map(view)), spotlight, hintFor, point, newestFor: (user) => newestAbout(messages(user)) }
}

function linesFrom(examples: Example[], platform: PlatformId): Lines {
  const line = (user: string, start: string) =>
    examples.find(
      (item) => item.user === user && item.text.startsWith(start) && (!item.platform || item.platform === platform),
    )?.text
  return {
    register: line(CAST.registrant, '报备') ?? LINES.register,
    collide: line(CAST.rival, '报备') ?? LINES.collide,
    claim: line(CAST.rival, '领取') ?? LINES.claim,
  }
}
