/** What stands in a table cell, by the column's data type. */

import { asList, asNumber, asObject, asText } from '../shared/json'
import { isoDay } from '../shared/time'
import type { HeaderTag, TableColumn } from './card'

export interface Cell {
  text: string
  markdown: boolean
  tags: HeaderTag[]
}

export function readCell(column: TableColumn, value: unknown): Cell {
  const plain = (text: string): Cell => ({ text, markdown: false, tags: [] })
  switch (column.type) {
    case 'options':
      return Array.isArray(value) ? { ...plain(''), tags: readTags(value) } : plain(asText(value))
    case 'number':
      return plain(typeof value === 'number' ? value.toLocaleString('zh-CN') : asText(value))
    case 'date':
      return plain(typeof value === 'number' ? isoDay(new Date(asNumber(value, 0))) : asText(value))
    case 'persons':
      return { ...plain([value].flat().map((id) => `<person id=${asText(id)}></person>`).join(' ')), markdown: true }
    case 'markdown':
    case 'lark_md':
      return { ...plain(asText(value)), markdown: true }
    default:
      return plain(asText(value, asText(asObject(value).text)))
  }
}

function readTags(value: unknown[]): HeaderTag[] {
  return asList(value).map((option) => ({ text: asText(option.text), color: asText(option.color, 'neutral') }))
}
