/**
 * Reads a WeCom template card (all five types) or text card into the parts the page draws.
 *
 * `replaced_by` is how the platform keeps what became of the buttons after an update.
 */

import type { FormValues } from '../api/types'
import { asList, asNumber, asObject, asText, asTexts, safeUrl, type JsonObject } from '../shared/json'

export interface TitleDesc {
  title: string
  desc: string
}

export interface Row {
  key: string
  value: string
  url: string | null
  look: 'text' | 'link' | 'file' | 'member'
}

export interface Jump {
  title: string
  url: string | null
}

export interface Choice {
  id: string
  text: string
}

export interface Select {
  key: string
  title: string
  options: Choice[]
  disabled: boolean
}

export interface CheckList {
  key: string
  multiple: boolean
  options: Choice[]
  disabled: boolean
}

export interface WecomButton {
  key: string
  text: string
  style: number
  url: string | null
}

export interface WecomCard {
  type: string
  source: { text: string; color: number; icon: boolean } | null
  menu: { desc: string; items: WecomButton[] } | null
  title: TitleDesc
  image: { title: string; desc: string; cover: boolean; url: string | null } | null
  quote: { title: string; text: string; url: string | null } | null
  emphasis: TitleDesc | null
  subtitle: string
  rows: Row[]
  paragraphs: TitleDesc[]
  jumps: Jump[]
  selects: Select[]
  checks: CheckList | null
  buttons: WecomButton[]
  submit: WecomButton | null
  /** The grey text that took the place of the buttons. */
  replaced: string
  url: string | null
  initial: FormValues
}

export function readCard(raw: unknown): WecomCard {
  const card = asObject(raw)
  const selects = [...asList(card.select_list), ...asList(card.button_selection ? [card.button_selection] : [])]
  return {
    type: asText(card.card_type),
    source: readSource(card.source),
    menu: readMenu(card.action_menu),
    title: card.main_title ? readTitle(card.main_title) : { title: asText(card.title), desc: '' },
    image: readImage(card),
    quote: readQuote(card.quote_area),
    emphasis: card.emphasis_content ? readTitle(card.emphasis_content) : null,
    subtitle: asText(card.sub_title_text, withoutMarkup(asText(card.description))),
    rows: asList(card.horizontal_content_list).map(readRow),
    paragraphs: asList(card.vertical_content_list).map(readTitle),
    jumps: asList(card.jump_list).map((jump) => ({ title: asText(jump.title), url: safeUrl(jump.url) })),
    selects: selects.map(readSelect),
    checks: card.checkbox ? readChecks(asObject(card.checkbox)) : null,
    buttons: asList(card.button_list).map(readButton),
    submit: card.submit_button ? readSubmit(asObject(card.submit_button)) : null,
    replaced: asText(card.replaced_by, asText(card.replace_text)),
    url: safeUrl(asObject(card.card_action).url),
    initial: readInitial(selects, asObject(card.checkbox)),
  }
}

/** A text card's description may hold `<div class>` and `<br>`; only its lines are kept. */
const withoutMarkup = (text: string) => text.replace(/<br\s*\/?>|<\/div>/g, '\n').replace(/<[^>]+>/g, '').trim()

function readTitle(value: unknown): TitleDesc {
  const title = asObject(value)
  return { title: asText(title.title), desc: asText(title.desc) }
}

function readSource(value: unknown): WecomCard['source'] {
  const source = asObject(value)
  const text = asText(source.desc)
  return text === '' ? null : { text, color: asNumber(source.desc_color, 0), icon: asText(source.icon_url) !== '' }
}

function readMenu(value: unknown): WecomCard['menu'] {
  const menu = asObject(value)
  const items = asList(menu.action_list).map((item) => ({
    key: asText(item.key),
    text: asText(item.text),
    style: 0,
    url: null,
  }))
  return items.length === 0 ? null : { desc: asText(menu.desc), items }
}

function readImage(card: JsonObject): WecomCard['image'] {
  if (card.card_image) return { title: '', desc: '', cover: true, url: safeUrl(asObject(card.card_image).url) }
  if (!card.image_text_area) return null
  const area = asObject(card.image_text_area)
  return { title: asText(area.title), desc: asText(area.desc), cover: false, url: safeUrl(area.url) }
}

function readQuote(value: unknown): WecomCard['quote'] {
  const quote = asObject(value)
  const found = { title: asText(quote.title), text: asText(quote.quote_text), url: safeUrl(quote.url) }
  return found.title === '' && found.text === '' ? null : found
}

const ROW_LOOKS = ['text', 'link', 'file', 'member'] as const

function readRow(row: JsonObject): Row {
  return {
    key: asText(row.keyname),
    value: asText(row.value),
    url: safeUrl(row.url),
    look: ROW_LOOKS[asNumber(row.type, 0)] ?? 'text',
  }
}

function readOptions(value: unknown): Choice[] {
  return asList(value).map((option) => ({ id: asText(option.id), text: asText(option.text) }))
}

function readSelect(select: JsonObject): Select {
  return {
    key: asText(select.question_key),
    title: asText(select.title),
    options: readOptions(select.option_list),
    disabled: select.disable === true,
  }
}

function readChecks(checkbox: JsonObject): CheckList {
  return {
    key: asText(checkbox.question_key),
    multiple: asNumber(checkbox.mode, 0) === 1,
    options: readOptions(checkbox.option_list),
    disabled: checkbox.disable === true,
  }
}

function readButton(button: JsonObject): WecomButton {
  return {
    key: asText(button.key),
    text: asText(button.text),
    style: asNumber(button.style, 1),
    url: asNumber(button.type, 0) === 1 ? safeUrl(button.url) : null,
  }
}

function readSubmit(button: JsonObject): WecomButton {
  return { key: asText(button.key), text: asText(button.text, '提交'), style: 1, url: null }
}

/** A drop-down without a valid choice shows its first option, as the vendor's client does. */
function readInitial(selects: JsonObject[], checkbox: JsonObject): FormValues {
  const values: FormValues = {}
  for (const select of selects) {
    const ids = readOptions(select.option_list).map((option) => option.id)
    const chosen = asText(select.selected_id)
    values[asText(select.question_key)] = ids.includes(chosen) ? chosen : (ids[0] ?? '')
  }
  if ('question_key' in checkbox) {
    const checked = asList(checkbox.option_list).filter((option) => option.is_checked === true)
    values[asText(checkbox.question_key)] = asTexts(checked.map((option) => option.id))
  }
  return values
}
