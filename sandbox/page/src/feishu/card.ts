/**
 * Reads a Feishu card (JSON 2.0) into the parts the page can draw.
 *
 * Layout keys that the vendor's client treats as fine-tuning are left out. An element this page cannot draw becomes
 * `unknown`, so that a card never loses content silently.
 */

import type { FormValue, FormValues } from '../api/types'
import { asList, asNumber, asObject, asText, asTexts, safeUrl, type JsonObject } from '../shared/json'
import { readChart, type Chart } from './chart'

export interface FeishuText {
  content: string
  markdown: boolean
}

export interface Option {
  label: string
  value: string
}

export interface Confirm {
  title: string
  text: string
}

interface Field {
  name: string
  label: string
  placeholder: string
  required: boolean
  disabled: boolean
  /** Outside a form it calls back as soon as it is changed. */
  callsBack: boolean
}

export interface FeishuButton {
  tag: 'button'
  name: string
  label: string
  /** Which of the card's buttons with this label it is, from 0: nameless buttons are told apart by it. */
  nth: number
  type: string
  size: string
  fill: boolean
  disabled: boolean
  confirm: Confirm | null
  url: string | null
  submit: boolean
  reset: boolean
}

export interface FeishuColumn {
  weight: number
  grow: boolean
  background: string
  elements: FeishuElement[]
}

export interface TableColumn {
  name: string
  title: string
  type: string
  align: string
}

export type FeishuElement =
  | { tag: 'markdown'; content: string; size: string; align: string }
  | { tag: 'div'; text: FeishuText; size: string; color: string }
  | { tag: 'hr' }
  | { tag: 'img'; key: string; alt: string }
  | { tag: 'columns'; flow: string; background: string; columns: FeishuColumn[] }
  | { tag: 'form'; name: string; elements: FeishuElement[] }
  | { tag: 'panel'; title: FeishuText; expanded: boolean; elements: FeishuElement[] }
  | { tag: 'table'; columns: TableColumn[]; rows: JsonObject[]; pageSize: number }
  | { tag: 'chart'; chart: Chart }
  | { tag: 'person'; id: string }
  | FeishuButton
  | ({ tag: 'input'; kind: 'text' | 'multiline' | 'password'; rows: number; maxLength: number; initial: string } & Field)
  | ({ tag: 'select'; options: Option[]; initial: string } & Field)
  | ({ tag: 'multiSelect'; options: Option[]; initial: string[] } & Field)
  | ({ tag: 'date'; kind: 'date' | 'time' | 'datetime-local'; initial: string } & Field)
  | ({ tag: 'checker'; text: FeishuText; initial: boolean } & Field)
  | { tag: 'overflow'; options: Option[] }
  | { tag: 'unknown'; name: string }

export interface HeaderTag {
  text: string
  color: string
}

export interface FeishuHeader {
  title: string
  subtitle: string
  template: string
  tags: HeaderTag[]
}

export interface FeishuCard {
  header: FeishuHeader | null
  elements: FeishuElement[]
}

export function readCard(raw: unknown): FeishuCard {
  const card = asObject(raw)
  const body = asObject(card.body)
  const elements = readElements(body.elements ?? card.elements)
  countLabels(flatten(elements))
  return { header: readHeader(card.header), elements }
}

function countLabels(elements: FeishuElement[]): void {
  const seen = new Map<string, number>()
  for (const element of elements) {
    if (element.tag !== 'button') continue
    element.nth = seen.get(element.label) ?? 0
    seen.set(element.label, element.nth + 1)
  }
}

function readHeader(value: unknown): FeishuHeader | null {
  const header = asObject(value)
  const title = readText(header.title).content
  if (title === '') return null
  return {
    title,
    subtitle: readText(header.subtitle).content,
    template: asText(header.template, 'default'),
    tags: asList(header.text_tag_list).map((tag) => ({
      text: readText(tag.text).content,
      color: asText(tag.color, 'neutral'),
    })),
  }
}

function readText(value: unknown): FeishuText {
  const text = asObject(value)
  const tag = asText(text.tag, 'plain_text')
  return { content: asText(text.content), markdown: tag === 'lark_md' || tag === 'markdown' }
}

function readElements(value: unknown): FeishuElement[] {
  return asList(value).map(readElement)
}

function readElement(element: JsonObject): FeishuElement {
  const tag = asText(element.tag)
  return (READERS[tag] ?? readUnknown)(element)
}

const READERS: Record<string, (element: JsonObject) => FeishuElement> = {
  markdown: (element) => ({
    tag: 'markdown',
    content: asText(element.content),
    size: asText(element.text_size, 'normal'),
    align: asText(element.text_align, 'left'),
  }),
  div: readDiv,
  hr: () => ({ tag: 'hr' }),
  img: (element) => ({ tag: 'img', key: asText(element.img_key), alt: readText(element.alt).content }),
  column_set: readColumns,
  form: (element) => ({ tag: 'form', name: asText(element.name), elements: readElements(element.elements) }),
  collapsible_panel: (element) => ({
    tag: 'panel',
    title: readText(asObject(element.header).title),
    expanded: element.expanded === true,
    elements: readElements(element.elements),
  }),
  table: readTable,
  chart: readChartElement,
  person: (element) => ({ tag: 'person', id: asText(element.user_id) }),
  button: readButton,
  input: readInput,
  select_static: readSelect,
  select_person: readSelect,
  multi_select_static: readMultiSelect,
  multi_select_person: readMultiSelect,
  date_picker: (element) => readDate(element, 'date', element.initial_date),
  picker_time: (element) => readDate(element, 'time', element.initial_time),
  picker_datetime: (element) => readDate(element, 'datetime-local', element.initial_datetime),
  checker: (element) => ({
    tag: 'checker',
    ...readField(element),
    text: readText(element.text),
    initial: element.checked === true,
  }),
  overflow: (element) => ({ tag: 'overflow', options: readOptions(element.options) }),
}

function readUnknown(element: JsonObject): FeishuElement {
  return { tag: 'unknown', name: asText(element.tag, '?') }
}

function readDiv(element: JsonObject): FeishuElement {
  const text = asObject(element.text)
  return {
    tag: 'div',
    text: readText(text),
    size: asText(text.text_size, 'normal'),
    color: asText(text.text_color, 'default'),
  }
}

function readColumns(element: JsonObject): FeishuElement {
  return {
    tag: 'columns',
    flow: asText(element.flex_mode, 'none'),
    background: asText(element.background_style, 'default'),
    columns: asList(element.columns).map((column) => ({
      weight: asNumber(column.weight, 1),
      grow: asText(column.width, 'auto') === 'weighted',
      background: asText(column.background_style, 'default'),
      elements: readElements(column.elements),
    })),
  }
}

function readTable(element: JsonObject): FeishuElement {
  return {
    tag: 'table',
    columns: asList(element.columns).map((column) => ({
      name: asText(column.name),
      title: asText(column.display_name, asText(column.name)),
      type: asText(column.data_type, 'text'),
      align: asText(column.horizontal_align, 'left'),
    })),
    rows: asList(element.rows),
    pageSize: asNumber(element.page_size, 5),
  }
}

function readChartElement(element: JsonObject): FeishuElement {
  const chart = readChart(asObject(element.chart_spec))
  return chart === null ? readUnknown(element) : { tag: 'chart', chart }
}

function readButton(element: JsonObject): FeishuButton {
  const behaviors = asList(element.behaviors)
  const link = behaviors.find((behavior) => behavior.type === 'open_url')
  const action = asText(element.form_action_type, asText(element.action_type))
  return {
    tag: 'button',
    name: asText(element.name),
    label: readText(element.text).content,
    nth: 0,
    type: asText(element.type, 'default'),
    size: asText(element.size, 'medium'),
    fill: asText(element.width) === 'fill',
    disabled: element.disabled === true,
    confirm: readConfirm(element.confirm),
    url: safeUrl(link?.default_url ?? link?.pc_url ?? link?.url),
    submit: action.endsWith('submit'),
    reset: action.endsWith('reset'),
  }
}

function readConfirm(value: unknown): Confirm | null {
  const confirm = asObject(value)
  const title = readText(confirm.title).content
  return title === '' ? null : { title, text: readText(confirm.text).content }
}

function readField(element: JsonObject): Field {
  return {
    name: asText(element.name),
    label: readText(element.label).content,
    placeholder: readText(element.placeholder).content,
    required: element.required === true,
    disabled: element.disabled === true,
    callsBack: asList(element.behaviors).some((behavior) => behavior.type === 'callback'),
  }
}

function readInput(element: JsonObject): FeishuElement {
  const type = asText(element.input_type, 'text')
  const kind = type === 'multiline_text' ? 'multiline' : type === 'password' ? 'password' : 'text'
  return {
    tag: 'input',
    ...readField(element),
    kind,
    rows: asNumber(element.rows, 3),
    maxLength: asNumber(element.max_length, 1000),
    initial: asText(element.default_value),
  }
}

function readOptions(value: unknown): Option[] {
  return asList(value).map((option) => ({
    value: asText(option.value),
    label: readText(option.text).content || asText(option.value),
  }))
}

function readSelect(element: JsonObject): FeishuElement {
  const options = readOptions(element.options)
  const byIndex = options[asNumber(element.initial_index, 0) - 1]?.value ?? ''
  return { tag: 'select', ...readField(element), options, initial: asText(element.initial_option, byIndex) }
}

function readMultiSelect(element: JsonObject): FeishuElement {
  return {
    tag: 'multiSelect',
    ...readField(element),
    options: readOptions(element.options),
    initial: asTexts(element.selected_values),
  }
}

function readDate(element: JsonObject, kind: 'date' | 'time' | 'datetime-local', initial: unknown): FeishuElement {
  return { tag: 'date', ...readField(element), kind, initial: asText(initial).replace(' ', 'T') }
}

/** Elements in reading order, containers opened. */
export function flatten(elements: FeishuElement[]): FeishuElement[] {
  return elements.flatMap((element) => [element, ...flatten(childrenOf(element))])
}

function childrenOf(element: FeishuElement): FeishuElement[] {
  if (element.tag === 'columns') return element.columns.flatMap((column) => column.elements)
  return element.tag === 'form' || element.tag === 'panel' ? element.elements : []
}

/** What every named field of the card holds before anybody touches it. */
export function initialValues(card: FeishuCard): FormValues {
  const values: FormValues = {}
  for (const element of flatten(card.elements)) {
    if ('initial' in element && element.name !== '') values[element.name] = element.initial as FormValue
  }
  return values
}

/** Labels of the required fields in one form that are still empty, as the vendor's client checks before submitting. */
export function missingFields(elements: FeishuElement[], values: FormValues): string[] {
  return flatten(elements)
    .filter((element) => 'initial' in element && element.required && isEmpty(values[element.name]))
    .map((element) => ('label' in element && element.label) || ('placeholder' in element && element.placeholder) || '必填项')
}

const isEmpty = (value: FormValue | undefined) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
