/**
 * The Markdown of DingTalk: a small subset for messages, and coloured text for cards (`<font color=common_…>`).
 *
 * There is no escape character; a line ends with `<br>` or at a line break.
 */

import { decodeEntities } from '../feishu/markdown'
import { asText, safeUrl } from '../shared/json'
import type { Block, Inline } from '../shared/rich'

const SENDS = /^dtmd:\/\/dingtalkclient\/sendMessage\?/

export function parseMarkdown(content: string): Block[] {
  const lines = content.replace(/\r\n?/g, '\n').replace(/<br\s*\/?>/gi, '\n').split('\n')
  const blocks: Block[] = []
  let paragraph: string[] = []
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', children: joined(paragraph) })
    paragraph = []
  }
  for (const line of lines.map((text) => text.trim())) {
    const block = readLine(line)
    if (block || line === '') flush()
    if (block) blocks.push(block)
    else if (line !== '') paragraph.push(line)
  }
  flush()
  return withLists(blocks)
}

function readLine(line: string): Block | null {
  if (/^(?:-{3,}|\*{3,}|_{3,})$/.test(line)) return { kind: 'rule' }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line)
  if (heading) return { kind: 'heading', level: asText(heading[1]).length, children: parseInline(asText(heading[2])) }
  const quote = /^>\s?(.*)$/.exec(line)
  if (quote) return { kind: 'quote', children: parseInline(asText(quote[1])) }
  const bullet = /^[-*]\s+(.*)$/.exec(line)
  if (bullet) return { kind: 'list', ordered: false, items: [parseInline(asText(bullet[1]))] }
  return null
}

/** Entries that follow each other are one list. */
function withLists(blocks: Block[]): Block[] {
  const joinedBlocks: Block[] = []
  for (const block of blocks) {
    const last = joinedBlocks.at(-1)
    if (block.kind === 'list' && last?.kind === 'list') last.items.push(...block.items)
    else joinedBlocks.push(block)
  }
  return joinedBlocks
}

function joined(lines: string[]): Inline[] {
  return lines.flatMap((line, index) => (index === 0 ? parseInline(line) : [{ kind: 'break' } as Inline, ...parseInline(line)]))
}

const INLINE =
  /<font\s+color=(['"]?)([\w#-]+)\1\s*>(.*?)<\/font>|<a\s+atId=(['"]?)([^\s'">]+)\4\s*>(.*?)<\/a>|!\[([^\]]*)\]\([^)\s]*\)|\[([^\]]+)\]\(([^)\s]*)\)|\*\*(?=\S)(.+?)\*\*|\*(?=[^\s*])([^*]+?)\*/g

export function parseInline(source: string): Inline[] {
  const nodes: Inline[] = []
  let last = 0
  const plain = (text: string) => text !== '' && nodes.push({ kind: 'text', text: decodeEntities(text) })
  for (const match of source.matchAll(INLINE)) {
    plain(source.slice(last, match.index))
    nodes.push(readMatch(match))
    last = match.index + match[0].length
  }
  plain(source.slice(last))
  return nodes
}

function readMatch(match: RegExpMatchArray): Inline {
  const [, , color, coloured, , at, name, image, label, url, bold, italic] = match
  if (color !== undefined) return { kind: 'color', color, children: parseInline(asText(coloured)) }
  if (at !== undefined) return { kind: 'mention', id: at, text: asText(name) }
  if (image !== undefined) return { kind: 'image', alt: image }
  if (label !== undefined) return link(asText(url), label)
  if (bold !== undefined) return { kind: 'bold', children: parseInline(bold) }
  return { kind: 'italic', children: parseInline(asText(italic)) }
}

function link(url: string, label: string): Inline {
  const children = parseInline(label)
  return SENDS.test(url) ? { kind: 'press', url, children } : { kind: 'link', url: safeUrl(url), children }
}

/** The addresses of the links that send a text, in the order in which the emulator names them as buttons. */
export function sendingLinks(source: string): string[] {
  const links = [...source.matchAll(/\[[^\]]*\]\(([^)\s]*)\)/g)].map((match) => asText(match[1]))
  return links.filter((url) => SENDS.test(url))
}
