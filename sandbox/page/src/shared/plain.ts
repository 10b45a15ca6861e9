/** Plain chat text: line breaks kept, web addresses and the `<a href>` of WeCom texts become links, `@人` stands out. */

import { asText, safeUrl } from './json'
import type { Inline } from './rich'

const LINKS = /<a\s+href=["']([^"']+)["']\s*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；！？、）】》]+)/g

export function parsePlain(source: string): Inline[] {
  const nodes: Inline[] = []
  let last = 0
  for (const match of source.matchAll(LINKS)) {
    if (match.index > last) nodes.push({ kind: 'text', text: source.slice(last, match.index) })
    nodes.push(readLink(match))
    last = match.index + match[0].length
  }
  if (last < source.length) nodes.push({ kind: 'text', text: source.slice(last) })
  return nodes
}

function readLink([whole, href, label, bare]: RegExpMatchArray): Inline {
  const url = safeUrl(href ?? bare)
  return { kind: 'link', url, children: [{ kind: 'text', text: asText(label, whole) || whole }] }
}
