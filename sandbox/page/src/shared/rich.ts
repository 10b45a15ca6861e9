/** Rich text as a tree of plain values, drawn by `RichText.vue`. Content is only ever text: no HTML passes through. */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string | null; children: Inline[] }
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
