/** Beijing time for people: the product's business clock, independent of the browser's own time zone. */

const ZONE = 'Asia/Shanghai'

const dayFormat = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, month: 'numeric', day: 'numeric' })
const weekdayFormat = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, weekday: 'short' })
const timeFormat = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const isoDayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE })

export const isoDay = (instant: Date) => isoDayFormat.format(instant)
export const timeOfDay = (instant: Date) => timeFormat.format(instant)
export const weekday = (instant: Date) => weekdayFormat.format(instant)

export function monthDay(instant: Date): string {
  const parts = dayFormat.formatToParts(instant)
  const part = (type: string) => parts.find((item) => item.type === type)?.value ?? ''
  return `${part('month')}月${part('day')}日`
}

/** The time shown beside a chat in the list: today's time, 昨天, or the date. */
export function listTime(instant: Date, now: Date): string {
  const days = dayDistance(instant, now)
  if (days === 0) return timeOfDay(instant)
  return days === 1 ? '昨天' : monthDay(instant)
}

/** The divider between messages: date and time as chat apps write it. */
export function dividerTime(instant: Date, now: Date): string {
  const days = dayDistance(instant, now)
  if (days === 0) return timeOfDay(instant)
  if (days === 1) return `昨天 ${timeOfDay(instant)}`
  return `${monthDay(instant)} ${weekday(instant)} ${timeOfDay(instant)}`
}

function dayDistance(instant: Date, now: Date): number {
  return Math.round((Date.parse(isoDay(now)) - Date.parse(isoDay(instant))) / 86_400_000)
}

/** `YYYY-MM-DDTHH:mm` of Beijing time, as a date-time input takes and gives it. */
export function toInputValue(instant: Date): string {
  return `${isoDay(instant)}T${timeOfDay(instant)}`
}

export function fromInputValue(value: string): Date {
  return new Date(`${value}:00+08:00`)
}

/** Whole minutes: the clock is set as people say it. */
export function toIso(instant: Date): string {
  return `${toInputValue(instant)}:00+08:00`
}
