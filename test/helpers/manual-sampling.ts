/** Background readings that are taken when a test says so, on the calling thread. */
import { readChecked } from '../../profilers/checked-reading.js'
import type { Reading } from '../../profilers/profiler.js'
import type { StartSampling } from '../../profilers/sampler.js'
import { seconds } from '../../src/core/units.js'

/** A sampler by hand. */
export interface ManualSampling {
  readonly start: StartSampling
  /** Reads every profiler now. */
  tick(): void
}

const NO_TROUBLE = {
  interval: seconds(1),
  failed: 0,
  missed: 0,
  lost: 0,
  meanDelay: seconds(0),
  worstDelay: seconds(0),
  longestStep: seconds(1),
}

/** @returns a `startSampling` for `openMeter`, and the means to drive it */
export function manualSampling(): ManualSampling {
  const ticks: (() => void)[] = []
  return {
    tick: () => {
      for (const tick of ticks) tick()
    },
    start: async (jobs, clock) => ({
      samplers: jobs.map(({ profiler }) => {
        let waiting: Reading[] = []
        let readings = 0
        ticks.push(() => {
          waiting.push(readChecked(profiler, profiler.domains().length, clock))
          readings++
        })
        return {
          take: (visit) => {
            const taken = waiting
            waiting = []
            taken.forEach(visit)
          },
          statistics: () => ({ ...NO_TROUBLE, readings }),
        }
      }),
      warnings: [],
      cpuSeconds: () => undefined,
      close: async () => undefined,
    }),
  }
}
