import { expect, test } from 'vitest'

import { describeRuns } from './jobs'

const ran = (job: string, result: string, state = 'done') => ({ job, slot: '2026-12-17T09:00:00+08:00', state, result })

test('counts of one job are added up over the days', () => {
  const runs = [ran('protection_reminders', '2'), ran('protection_reminders', '1'), ran('purge', '9')]

  expect(describeRuns(runs)).toBe('途中：到期提醒已发出 3 条。')
})

test('nothing due is said as nothing', () => {
  expect(describeRuns([ran('protection_reminders', '0')])).toBe('时间到了，途中没有到点的事。')
})

test('a job that failed is told', () => {
  expect(describeRuns([ran('group_digest', 'KeyError()', 'failed')])).toBe('途中：1 个任务没有完成。')
})
