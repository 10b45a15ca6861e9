/**
 * The Markdown of Feishu cards: a CommonMark subset plus Feishu's own tags (`<font>`, `<at>`, `<person>`, `<text_tag>`).
 *
 * Entities (`&#42;`) are decoded last and only inside text, because senders use them to keep customer-entered
 * characters from being read as markup.
 */

import { safeUrl } from '../shared/json'
import type { Block, Inline } from '../shared/rich'

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[String(name).toLowerCase()] ?? whole
    const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

export function parseMarkdown(content: string): Block[] {
  const lines = content.replace(/\r\n?/g, '\n').split('\n')
  const blocks: Block[] = []
  let paragraph: string[] = []
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', children: parseInline(paragraph.join('\n')) })
    paragraph = []
  }
  for (let at = 0; at < lines.length; ) {
    const found = blockAt(lines, at)
    if (found) {
      flush()
      if (found.block) blocks.push(found.block)
      at = found.next
    } else {
      paragraph.push(lines[at] ?? '')
      at += 1
    }
  }
  flush()
  return blocks
}

interface Found {
  block: Block | null
  next: number
}

function blockAt(lines: string[], at: number): Found | null {
  const line = lines[at] ?? ''
  if (line.trim() === '') return { block: null, next: at + 1 }
  if (/^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line)) return { block: { kind: 'rule' }, next: at + 1 }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line)
  if (heading) {
    const level = heading[1]?.length ?? 1
    return { block: { kind: 'heading', level, children: parseInline(heading[2] ?? '') }, next: at + 1 }
  }
  if (line.startsWith('```')) return codeAt(lines, at)
  if (/^\s*>\s?/.test(line)) return quoteAt(lines, at)
  return listAt(lines, at)
}

function codeAt(lines: string[], at: number): Found {
  let end = at + 1
  while (end < lines.length && !lines[end]?.startsWith('```')) end += 1
  return { block: { kind: 'code', text: decodeEntities(lines.slice(at + 1, end).join('\n')) }, next: end + 1 }
}

function quoteAt(lines: string[], at: number): Found {
  let end = at
  while (/^\s*>\s?/.test(lines[end] ?? '')) end += 1
  const text = lines.slice(at, end).map((line) => line.replace(/^\s*>\s?/, '')).join('\n')
  return { block: { kind: 'quote', children: parseInline(text) }, next: end }
}

const BULLET = /^\s*[-*+]\s+(.*)$/
const NUMBER = /^\s*\d{1,9}[.)]\s+(.*)$/

function listAt(lines: string[], at: number): Found | null {
  const pattern = BULLET.test(lines[at] ?? '') ? BULLET : NUMBER.test(lines[at] ?? '') ? NUMBER : null
  if (!pattern) return null
  const items: Inline[][] = []
  let end = at
  for (let match = pattern.exec(lines[end] ?? ''); match; match = pattern.exec(lines[end] ?? '')) {
    items.push(parseInline(match[1] ?? ''))
    end += 1
  }
  return { block: { kind: 'list', ordered: pattern === NUMBER, items }, next: end }
}

/** Tried in this order at every position; the first that matches there wins. */
const RULES: { pattern: RegExp; read: (match: RegExpExecArray) => Inline }[] = [
  { pattern: /<br\s*\/?>|\n/y, read: () => ({ kind: 'break' }) },
  { pattern: /`([^`\n]+)`/y, read: (match) => ({ kind: 'code', text: decodeEntities(group(match, 1)) }) },
  { pattern: /!\[([^\]]*)\]\([^)\s]*\)/y, read: (match) => ({ kind: 'image', alt: decodeEntities(group(match, 1)) }) },
  { pattern: /\[([^\]]+)\]\(([^)\s]*)\)/y, read: (match) => link(group(match, 2), group(match, 1)) },
  { pattern: /\*\*(?=\S)([\s\S]+?)\*\*/y, read: (match) => wrap('bold', match) },
  { pattern: /__(?=\S)([\s\S]+?)__/y, read: (match) => wrap('bold', match) },
  { pattern: /~~(?=\S)([\s\S]+?)~~/y, read: (match) => wrap('strike', match) },
  { pattern: /\*(?=[^\s*])([^*\n]+?)\*/y, read: (match) => wrap('italic', match) },
  {
    pattern: /<font\s+color=(['"]?)([\w-]+)\1\s*>([\s\S]*?)<\/font>/y,
    read: (match) => ({ kind: 'color', color: group(match, 2), children: parseInline(group(match, 3)) }),
  },
  {
    pattern: /<text_tag\s+color=(['"]?)([\w-]+)\1\s*>([\s\S]*?)<\/text_tag>/y,
    read: (match) => ({ kind: 'tag', color: group(match, 2), text: decodeEntities(group(match, 3)) }),
  },
  {
    pattern: /<number_tag[^>]*>([\s\S]*?)<\/number_tag>/y,
    read: (match) => ({ kind: 'tag', color: 'grey', text: decodeEntities(group(match, 1)) }),
  },
  {
    pattern: /<(?:at|person)\s+(?:user_)?id=(['"]?)([^\s'">]+)\1[^>]*>([\s\S]*?)<\/(?:at|person)>/y,
    read: (match) => ({ kind: 'mention', id: group(match, 2), text: decodeEntities(group(match, 3)) }),
  },
  {
    pattern: /<link\b[^>]*?\burl=(['"])(.*?)\1[^>]*>([\s\S]*?)<\/link>/y,
    read: (match) => link(group(match, 2), group(match, 3)),
  },
]

const group = (match: RegExpExecArray, index: number) => match[index] ?? ''

function wrap(kind: 'bold' | 'italic' | 'strike', match: RegExpExecArray): Inline {
  return { kind, children: parseInline(group(match, 1)) }
}

function link(url: string, label: string): Inline {
  return { kind: 'link', url: safeUrl(decodeEntities(url)), children: parseInline(label) }
}

export function parseInline(source: string): Inline[] {
  const nodes: Inline[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') nodes.push({ kind: 'text', text: decodeEntities(plain) })
    plain = ''
  }
  for (let at = 0; at < source.length; ) {
    const found = ruleAt(source, at)
    if (found) {
      flush()
      nodes.push(found.node)
      at = found.next
    } else {
      plain += source[at]
      at += 1
    }
  }
  flush()
  return nodes
}

const MARKS = new Set(['<', '\n', '`', '!', '[', '*', '_', '~'])

function ruleAt(source: string, at: number): { node: Inline; next: number } | null {
  if (!MARKS.has(source[at] ?? '')) return null
  for (const { pattern, read } of RULES) {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match) return { node: read(match), next: at + match[0].length }
  }
  return null
}
