/** The small Markdown subset WeCom shows in app messages, and the links it allows in plain text. */

import { asText, safeUrl } from '../shared/json'
import type { Block, Inline } from '../shared/rich'

export function parseMarkdown(content: string): Block[] {
  return content.replace(/\r\n?/g, '\n').split('\n').map(parseLine)
}

function parseLine(line: string): Block {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line)
  if (heading) return { kind: 'heading', level: asText(heading[1]).length, children: parseInline(asText(heading[2])) }
  const quote = /^>\s?(.*)$/.exec(line)
  if (quote) return { kind: 'quote', children: parseInline(asText(quote[1])) }
  return { kind: 'paragraph', children: line === '' ? [{ kind: 'text', text: '\u00a0' }] : parseInline(line) }
}

const INLINE =
  /\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|<font\s+color=["'](info|comment|warning)["']\s*>(.*?)<\/font>/g

export function parseInline(source: string): Inline[] {
  const nodes: Inline[] = []
  let last = 0
  for (const match of source.matchAll(INLINE)) {
    if (match.index > last) nodes.push({ kind: 'text', text: source.slice(last, match.index) })
    nodes.push(readMatch(match))
    last = match.index + match[0].length
  }
  if (last < source.length) nodes.push({ kind: 'text', text: source.slice(last) })
  return nodes
}

function readMatch(match: RegExpMatchArray): Inline {
  const [, bold, code, label, url, color, colored] = match
  if (bold !== undefined) return { kind: 'bold', children: parseInline(bold) }
  if (code !== undefined) return { kind: 'code', text: code }
  if (label !== undefined) return { kind: 'link', url: safeUrl(url), children: parseInline(label) }
  return { kind: 'color', color: asText(color), children: parseInline(asText(colored)) }
}
