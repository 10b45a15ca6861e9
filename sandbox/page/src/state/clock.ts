/** The product's clock: it runs with real time plus an offset, and moves only through the control API. */

import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { moveClock, SandboxError } from '../api/client'
import { describeRuns } from './jobs'

const TICK_MS = 2000

export interface ProductClock {
  now: ComputedRef<Date>
  busy: Ref<boolean>
  /** What the latest move brought, in a sentence; empty when there is nothing to tell. */
  outcome: ShallowRef<string>
  set(instant: string): void
  move(step: { advance: string } | { set: string }): Promise<void>
}

export function createClock(): ProductClock {
  const offset = ref(0)
  const real = ref(Date.now())
  const busy = ref(false)
  const outcome = shallowRef('')
  setInterval(() => (real.value = Date.now()), TICK_MS)

  function set(instant: string): void {
    real.value = Date.now()
    offset.value = Date.parse(instant) - real.value
  }

  async function move(step: { advance: string } | { set: string }): Promise<void> {
    busy.value = true
    outcome.value = ''
    try {
      const result = await moveClock(step)
      set(result.clock)
      outcome.value = describeRuns(result.ran)
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error
      outcome.value = error.message
    } finally {
      busy.value = false
    }
  }

  return { now: computed(() => new Date(real.value + offset.value)), busy, outcome, set, move }
}
