/**
 * Reads an interactive card, or one of the robot's messages with buttons, into the parts the page draws.
 *
 * The emulator has already put the variables that hold for this person into the template: what comes is blocks.
 */

import type { FormValues, Message } from '../api/types'
import { asList, asObject, asText, asTexts, safeUrl, type JsonObject } from '../shared/json'

export interface DingtalkButton {
  id: string
  label: string
  style: 'primary' | 'danger' | 'default'
  disabled: boolean
  url: string | null
}

export interface Option {
  label: string
  value: string
}

export type FieldKind =
  | 'text'
  | 'multiline'
  | 'list'
  | 'select'
  | 'multi_select'
  | 'date'
  | 'time'
  | 'datetime'
  | 'checkbox'

export interface DingtalkField {
  name: string
  label: string
  kind: FieldKind
  options: Option[]
  initial: string | string[] | boolean
  required: boolean
  placeholder: string
  disabled: boolean
}

export type DingtalkBlock =
  | { kind: 'markdown'; content: string }
  | { kind: 'text' | 'title' | 'broken'; content: string }
  | { kind: 'divider' | 'image' }
  | { kind: 'buttons'; buttons: DingtalkButton[]; stacked: boolean }
  | { kind: 'form'; fields: DingtalkField[]; submit: DingtalkButton }
  | { kind: 'rows'; rows: { label: string; value: string }[] }

const MOST_IN_A_ROW = 3
const LONGEST_IN_A_ROW = 5

export function readBlocks(message: Message): DingtalkBlock[] {
  const raw = asObject(message.raw)
  if (raw.msgtype === 'interactiveCard') return asList(raw.view).flatMap(readBlock)
  return readMessage(raw, message)
}

function readBlock(block: JsonObject): DingtalkBlock[] {
  switch (block.kind) {
    case 'markdown':
      return [{ kind: 'markdown', content: asText(block.content) }]
    case 'text':
    case 'title':
      return [{ kind: block.kind, content: asText(block.content) }]
    case 'divider':
    case 'image':
      return [{ kind: block.kind }]
    case 'buttons':
      return [buttonsBlock(asList(block.buttons).map(readButton))]
    case 'form':
      return [{ kind: 'form', fields: asList(block.fields).map(readField), submit: readButton(asObject(block.submit)) }]
    default:
      return [{ kind: 'broken', content: asText(block.text, '此处内容请在钉钉客户端查看') }]
  }
}

/** Few short buttons stand side by side; others are wrapped or stacked by the client. */
function buttonsBlock(buttons: DingtalkButton[]): DingtalkBlock {
  const fits = buttons.length <= MOST_IN_A_ROW && buttons.every(({ label }) => label.length <= LONGEST_IN_A_ROW)
  return { kind: 'buttons', buttons, stacked: !fits }
}

const STYLES = ['primary', 'danger', 'default'] as const

function readButton(button: JsonObject): DingtalkButton {
  return {
    id: asText(button.id),
    label: asText(button.label),
    style: STYLES.find((style) => style === button.style) ?? 'default',
    disabled: button.disabled === true,
    url: safeUrl(button.url),
  }
}

const KINDS: FieldKind[] = ['text', 'multiline', 'list', 'select', 'multi_select', 'date', 'time', 'datetime', 'checkbox']

function readField(field: JsonObject): DingtalkField {
  const kind = KINDS.find((known) => known === field.kind) ?? 'text'
  return {
    name: asText(field.name),
    label: asText(field.label),
    kind,
    options: asList(field.options).map((option) => ({ label: asText(option.label), value: asText(option.value) })),
    initial: readInitial(kind, field.value),
    required: field.required === true,
    placeholder: asText(field.placeholder),
    disabled: field.disabled === true,
  }
}

function readInitial(kind: FieldKind, value: unknown): string | string[] | boolean {
  if (kind === 'checkbox') return value === true
  if (kind === 'multi_select' || kind === 'list') return asTexts(value)
  return asText(value)
}

export function initialValues(blocks: DingtalkBlock[]): FormValues {
  const fields = blocks.flatMap((block) => (block.kind === 'form' ? block.fields : []))
  return Object.fromEntries(fields.map((field) => [field.name, field.initial]))
}

/** The labels of required fields that are still empty. */
export function missingFields(fields: DingtalkField[], values: FormValues): string[] {
  const isEmpty = (value: unknown) => value === undefined || value === '' || value === false || asTexts(value).length === 0
  return fields
    .filter((field) => field.required && !field.disabled)
    .filter(({ name }) => (Array.isArray(values[name]) ? isEmpty(values[name]) : !values[name]))
    .map((field) => field.label)
}

/** A message with link buttons, a link, a list of links, or a work notice in the OA form. */
function readMessage(raw: JsonObject, message: Message): DingtalkBlock[] {
  const part = asObject(raw[asText(raw.msgtype)])
  if (raw.msgtype === 'oa') return readNotice(part)
  const links = (message.card?.buttons ?? []).map((button) => readButton({ ...button }))
  const title: DingtalkBlock[] = raw.msgtype === 'link' ? [{ kind: 'title', content: asText(part.title) }] : []
  const text: DingtalkBlock[] = part.text ? [{ kind: 'markdown', content: asText(part.text) }] : []
  const buttons = raw.msgtype === 'link' ? links.map((link) => ({ ...link, label: '查看详情' })) : links
  return [...title, ...text, ...(buttons.length > 0 ? [{ ...buttonsBlock(buttons), stacked: part.btnOrientation !== '1' } as DingtalkBlock] : [])]
}

const MOST_ROWS = 6

function readNotice(oa: JsonObject): DingtalkBlock[] {
  const body = asObject(oa.body)
  const status = asText(asObject(oa.status_bar).status_value)
  const rows = asList(body.form).slice(0, MOST_ROWS)
  return [
    { kind: 'text', content: [asText(asObject(oa.head).text), status].filter(Boolean).join(' · ') },
    { kind: 'title', content: asText(body.title) },
    { kind: 'rows', rows: rows.map((row) => ({ label: asText(row.key), value: asText(row.value) })) },
    ...(body.content ? [{ kind: 'text', content: asText(body.content) } as DingtalkBlock] : []),
  ]
}
