/** What the product did while its clock moved, in one line. */

import type { JobRun } from '../api/types'

/** Jobs people care about, in the order they are told; house-keeping stays unsaid. */
const SENTENCES: [job: string, say: (count: number) => string][] = [
  ['ownership_clocks', (count) => `${count} 家客户到期处理`],
  ['protection_reminders', (count) => `到期提醒已发出 ${count} 条`],
  ['approval_timers', (count) => `审批催办 ${count} 次`],
  ['morning_cards', (count) => `晨间卡片 ${count} 张`],
  ['group_digest', (count) => `群日报 ${count} 份`],
]

export function describeRuns(runs: JobRun[]): string {
  const said = SENTENCES.map(([job, say]) => ({ count: total(runs, job), say }))
    .filter(({ count }) => count > 0)
    .map(({ count, say }) => say(count))
  const failed = runs.filter((run) => run.state !== undefined && run.state !== 'done').length
  if (failed > 0) said.push(`${failed} 个任务没有完成`)
  return said.length === 0 ? '时间到了，途中没有到点的事。' : `途中：${said.join('，')}。`
}

function total(runs: JobRun[], job: string): number {
  return runs.filter((run) => run.job === job).reduce((sum, run) => sum + (Number.parseInt(run.result ?? '', 10) || 0), 0)
}
