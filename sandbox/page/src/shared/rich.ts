/** Rich text as a tree of plain values, drawn by `RichText.vue`. Content is only ever text: no HTML passes through. */

import type { InjectionKey } from 'vue'

/** What pressing a link does whose address means something to the vendor's own app only. */
export const PRESS_LINK: InjectionKey<(url: string) => void> = Symbol('link')

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string | null; children: Inline[] }
  | { kind: 'press'; url: string; children: Inline[] }
  | { kind: 'color'; color: string; children: Inline[] }
  | { kind: 'mention'; id: string; text: string }
  | { kind: 'tag'; color: string; text: string }
  | { kind: 'image'; alt: string }

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'quote'; children: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'rule' }
  | { kind: 'code'; text: string }
