/** What the product did while its clock moved, in one line. */

import type { JobRun } from '../api/types'

export function describeRuns(runs: JobRun[]): string {
  if (runs.length === 0) return '时间到了，途中没有到点的事。'
  const sent = runs.reduce((sum, run) => sum + countOf(run.result), 0)
  return sent > 0 ? `途中到点 ${runs.length} 次，处理 ${sent} 条。` : `途中到点 ${runs.length} 次，没有需要发出的。`
}

function countOf(result: unknown): number {
  if (typeof result === 'number') return result
  if (Array.isArray(result)) return result.length
  if (typeof result !== 'object' || result === null) return 0
  return Object.values(result).reduce((sum: number, value) => sum + (typeof value === 'number' ? value : 0), 0)
}
