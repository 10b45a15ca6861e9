import { expect, test } from 'vitest'

import { asObject } from '../shared/json'
import { readCard } from './card'
import { FLOOR, legendOf, readChart, shapesOf, ticksOf, type Chart } from './chart'

const values = [
  { label: '报备', value: 4 },
  { label: '通过', value: 2 },
  { label: '退回', value: -1 },
]

function chart(type: string, more: object = {}): Chart {
  const axes = type === 'pie' || type === 'funnel' ? ['categoryField', 'valueField'] : ['xField', 'yField']
  const spec = { type, [axes[0]!]: 'label', [axes[1]!]: 'value', data: { values }, ...more }
  return readChart(asObject(spec))!
}

test('columns share the width and stand on one floor, as high as their values', () => {
  const bars = chart('bar')

  expect(shapesOf(bars).map((shape) => shape.value)).toEqual(['4', '2', '0'])
  expect(shapesOf(bars)[0]!.path).toBe(`M21.3 ${FLOOR}V18H85.3V${FLOOR}Z`)
  expect(ticksOf(bars).map((tick) => tick.label)).toEqual(['报备', '通过', '退回'])
})

test('series stand side by side in colours of their own, named below', () => {
  const points = [
    { label: '十月', value: 1, who: '目标' },
    { label: '十月', value: 2, who: '实际' },
  ]
  const bars = chart('bar', { seriesField: 'who', data: { values: points } })

  expect(shapesOf(bars).map((shape) => shape.tone)).toEqual([0, 1])
  expect(legendOf(bars).map((entry) => entry.name)).toEqual(['目标', '实际'])
})

test('a line goes through its points and says where it ends', () => {
  const [line] = shapesOf(chart('line'))

  expect(line!.path).toMatch(/^M53\.3 18L160 \d+L266\.7 \d+$/)
  expect(line!.value).toBe('0')
})

test('slices fill the circle; a single one is nearly whole', () => {
  const alone = chart('pie', { data: { values: [{ label: '华东', value: 3 }] } })

  expect(shapesOf(chart('pie')).map((shape) => shape.value)).toEqual(['4', '2', ''])
  expect(shapesOf(alone)[0]!.path).toContain('A74 74 0 1 1')
  expect(legendOf(alone)).toEqual([{ name: '华东', tone: 0 }])
})

test('funnel steps narrow towards the next one and carry their names', () => {
  expect(shapesOf(chart('funnel')).map((shape) => shape.value)).toEqual(['报备 4', '通过 2', '退回 0'])
})

test.each(['bar', 'line', 'pie', 'funnel'])('a %s without figures is empty', (type) => {
  expect(shapesOf(chart(type, { data: { values: [] } }))).toEqual([])
})

test('a card shows the charts it can draw and announces the others', () => {
  const card = (type: string) => readCard({ body: { elements: [{ tag: 'chart', chart_spec: { type } }] } }).elements[0]

  expect(card('bar')?.tag).toBe('chart')
  expect(card('wordCloud')).toEqual({ tag: 'unknown', name: 'chart' })
})
