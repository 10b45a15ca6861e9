/**
 * Reads a chart's VChart specification and measures its shapes: columns, lines, slices and funnel steps.
 *
 * Values below zero have no place in our cards' charts and are drawn as zero.
 */

import { asList, asNumber, asObject, asText, type JsonObject } from '../shared/json'

export const WIDTH = 320
export const HEIGHT = 180
const TOP = 18
const BOTTOM = 22
export const FLOOR = HEIGHT - BOTTOM

export interface Figure {
  label: string
  series: string
  value: number
}

export interface Chart {
  kind: 'bar' | 'line' | 'pie' | 'funnel'
  figures: Figure[]
  labels: string[]
  series: string[]
}

/** `tone` is the number of its colour; `at` is where its value is written. */
export interface Shape {
  path: string
  tone: number
  at: { x: number; y: number }
  value: string
}

export function readChart(spec: JsonObject): Chart | null {
  const kind = asText(spec.type)
  if (kind !== 'bar' && kind !== 'line' && kind !== 'pie' && kind !== 'funnel') return null
  const label = asText(spec.xField, asText(spec.categoryField))
  const amount = asText(spec.yField, asText(spec.valueField))
  const series = asText(spec.seriesField)
  const figures = asList(asObject(spec.data).values).map((figure) => ({
    label: asText(figure[label]),
    series: series === '' ? '' : asText(figure[series]),
    value: Math.max(0, asNumber(figure[amount], 0)),
  }))
  return { kind, figures, labels: unique(figures.map((one) => one.label)), series: unique(figures.map((one) => one.series)) }
}

export function shapesOf(chart: Chart): Shape[] {
  switch (chart.kind) {
    case 'bar':
      return columns(chart)
    case 'line':
      return lines(chart)
    case 'pie':
      return slices(chart)
    case 'funnel':
      return steps(chart)
  }
}

/** The middle of every label's place below the axis; pies and funnels have none. */
export function ticksOf(chart: Chart): { label: string; x: number }[] {
  if (chart.kind === 'pie' || chart.kind === 'funnel') return []
  const room = WIDTH / Math.max(1, chart.labels.length)
  return chart.labels.map((label, place) => ({ label, x: round(room * (place + 0.5)) }))
}

/** What the colours mean: series where there are any, else the slices. */
export function legendOf(chart: Chart): { name: string; tone: number }[] {
  const names = chart.series.some((name) => name !== '') ? chart.series : chart.kind === 'pie' ? chart.labels : []
  return names.map((name, tone) => ({ name, tone }))
}

function columns(chart: Chart): Shape[] {
  const room = WIDTH / Math.max(1, chart.labels.length)
  const width = (room * 0.6) / Math.max(1, chart.series.length)
  return chart.figures.map((figure) => {
    const tone = chart.series.indexOf(figure.series)
    const x = round(room * (chart.labels.indexOf(figure.label) + 0.2) + width * tone)
    const y = heightOf(chart, figure.value)
    return {
      path: `M${x} ${FLOOR}V${y}H${round(x + width)}V${FLOOR}Z`,
      tone,
      at: { x: round(x + width / 2), y: y - 4 },
      value: shown(figure.value),
    }
  })
}

function lines(chart: Chart): Shape[] {
  const ticks = ticksOf(chart)
  return chart.series.map((series, tone) => {
    const points = chart.figures
      .filter((figure) => figure.series === series)
      .map((figure) => ({ x: ticks[chart.labels.indexOf(figure.label)]?.x ?? 0, y: heightOf(chart, figure.value), figure }))
    const last = points.at(-1)
    return {
      path: points.map(({ x, y }, place) => `${place === 0 ? 'M' : 'L'}${x} ${y}`).join(''),
      tone,
      at: { x: last?.x ?? 0, y: (last?.y ?? FLOOR) - 6 },
      value: last ? shown(last.figure.value) : '',
    }
  })
}

function slices(chart: Chart): Shape[] {
  const total = sum(chart.figures)
  const centre = { x: WIDTH / 2, y: HEIGHT / 2 }
  let turned = 0
  return chart.figures.map((figure, tone) => {
    const share = total === 0 ? 0 : figure.value / total
    const [from, to] = [turned, turned + share]
    turned = to
    // A whole circle starts where it ends, which an arc cannot say: it is drawn a hair short.
    const [start, end] = [onCircle(centre, 74, from), onCircle(centre, 74, Math.min(to, from + 0.9999))]
    return {
      path: `M${centre.x} ${centre.y}L${start.x} ${start.y}A74 74 0 ${share > 0.5 ? 1 : 0} 1 ${end.x} ${end.y}Z`,
      tone,
      at: onCircle(centre, 48, from + share / 2),
      value: share === 0 ? '' : shown(figure.value),
    }
  })
}

function steps(chart: Chart): Shape[] {
  const most = Math.max(1, ...chart.figures.map((one) => one.value))
  const height = HEIGHT / Math.max(1, chart.figures.length)
  const half = (value: number) => round((value / most) * (WIDTH / 2 - 10))
  return chart.figures.map((figure, tone) => {
    const next = chart.figures[tone + 1]?.value ?? figure.value
    const [top, bottom] = [round(height * tone), round(height * (tone + 1) - 2)]
    const [wide, narrow] = [half(figure.value), half(next)]
    const middle = WIDTH / 2
    return {
      path: `M${middle - wide} ${top}H${middle + wide}L${middle + narrow} ${bottom}H${middle - narrow}Z`,
      tone,
      at: { x: middle, y: round(top + height / 2 + 4) },
      value: `${figure.label} ${shown(figure.value)}`,
    }
  })
}

function heightOf(chart: Chart, value: number): number {
  const most = Math.max(...chart.figures.map((one) => one.value), 0)
  return most === 0 ? FLOOR : round(FLOOR - (value / most) * (FLOOR - TOP))
}

function onCircle(centre: { x: number; y: number }, radius: number, turn: number): { x: number; y: number } {
  const angle = turn * 2 * Math.PI - Math.PI / 2
  return { x: round(centre.x + radius * Math.cos(angle)), y: round(centre.y + radius * Math.sin(angle)) }
}

const sum = (figures: Figure[]) => figures.reduce((total, figure) => total + figure.value, 0)
const shown = (value: number) => value.toLocaleString('zh-CN', { maximumFractionDigits: 2 })
const round = (value: number) => Math.round(value * 10) / 10
const unique = (names: string[]) => [...new Set(names)]
