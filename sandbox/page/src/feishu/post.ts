/** Feishu's rich-text message (`post`): a title and paragraphs of typed pieces, under one locale. */

import { asList, asObject, asText, asTexts, safeUrl, type JsonObject } from '../shared/json'
import type { Block, Inline } from '../shared/rich'
import { parseMarkdown } from './markdown'

export function parsePost(raw: unknown): Block[] {
  const locales = asObject(raw)
  const post = asObject('content' in locales ? locales : Object.values(locales)[0])
  const title = asText(post.title)
  const paragraphs = Array.isArray(post.content) ? post.content : []
  const heading: Block[] = title === '' ? [] : [{ kind: 'heading', level: 2, children: [{ kind: 'text', text: title }] }]
  return [...heading, ...paragraphs.flatMap((paragraph) => readParagraph(asList(paragraph)))]
}

function readParagraph(pieces: JsonObject[]): Block[] {
  const [first] = pieces
  if (first?.tag === 'md') return parseMarkdown(asText(first.text))
  if (first?.tag === 'hr') return [{ kind: 'rule' }]
  if (first?.tag === 'code_block') return [{ kind: 'code', text: asText(first.text) }]
  return [{ kind: 'paragraph', children: pieces.map(readPiece) }]
}

function readPiece(piece: JsonObject): Inline {
  switch (piece.tag) {
    case 'a':
      return { kind: 'link', url: safeUrl(piece.href), children: [{ kind: 'text', text: asText(piece.text) }] }
    case 'at':
      return { kind: 'mention', id: asText(piece.user_id), text: asText(piece.user_name) }
    case 'img':
      return { kind: 'image', alt: '' }
    default:
      return styled({ kind: 'text', text: asText(piece.text) }, asTexts(piece.style))
  }
}

function styled(text: Inline, styles: string[]): Inline {
  if (styles.includes('bold')) return { kind: 'bold', children: [text] }
  if (styles.includes('italic')) return { kind: 'italic', children: [text] }
  return styles.includes('lineThrough') ? { kind: 'strike', children: [text] } : text
}
