import { expect, test } from 'vitest'

import { dividerTime, fromInputValue, listTime, toInputValue, toIso } from './time'

const now = new Date('2026-11-24T00:30:00+08:00')

test('the day is counted in Beijing, not where the browser is', () => {
  expect(dividerTime(new Date('2026-11-23T23:50:00+08:00'), now)).toBe('昨天 23:50')
  expect(dividerTime(new Date('2026-11-24T00:10:00+08:00'), now)).toBe('00:10')
})

test('an older day is named with its date and weekday', () => {
  expect(dividerTime(new Date('2026-11-20T09:00:00+08:00'), now)).toBe('11月20日 周五 09:00')
  expect(listTime(new Date('2026-11-20T09:00:00+08:00'), now)).toBe('11月20日')
})

test('what the date field shows comes back as the same instant', () => {
  expect(toIso(fromInputValue(toInputValue(now)))).toBe('2026-11-24T00:30:00+08:00')
})
