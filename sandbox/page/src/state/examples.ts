/** Suggested messages above the composer: the demo company's own examples first, then what everybody can say. */

import type { ChatId, Example, PlatformId } from '../api/types'

const FALLBACK: Example[] = [
  example('xiaoli', '报备 杭州云途科技 张伟 13800001111 预算50万 展会', '登记一个新客户'),
  example('xiaowang', '报备 杭州云图科技有限公司 张伟 13800001111', '同一家公司，换个写法'),
  example('xiaowang', '领取 云途', '到期后从公海领取'),
]

const EVERYBODY: [string, string][] = [
  ['我的客户', '我名下的客户和保护期'],
  ['公海', '可以领取的客户'],
  ['待办', '等我处理的事'],
  ['帮助', '能说什么'],
]

function example(user: string, text: string, hint: string): Example {
  return { platform: null, user, chat: 'p2p', text, hint }
}

export interface Suggestion {
  text: string
  hint: string
}

export function suggestionsFor(examples: Example[], platform: PlatformId, user: string, chat: ChatId): Suggestion[] {
  const own = (examples.length > 0 ? examples : FALLBACK).filter(
    (item) => item.user === user && item.chat === chat && (!item.platform || item.platform === platform),
  )
  const common = EVERYBODY.map(([text, hint]) => ({ text, hint })).filter(({ text }) => !own.some((item) => item.text === text))
  return [...own.map(({ text, hint }) => ({ text, hint })), ...common]
}
