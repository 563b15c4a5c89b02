/** Finds out how often a sensor really updates its counters: reads until they change, several times. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Seconds, seconds } from '../src/core/units.js'
import { readChecked } from './checked-reading.js'
import type { Clock } from './clock.js'
import type { EnergyDomain, Profiler } from './profiler.js'

/** What is known of one domain's updates. */
export interface UpdatePeriod {
  /** Median of the times between changes, seconds; the time spent looking when it changed less than twice. */
  readonly period: Seconds
  /** Changes seen; 0 for a counter that stands still. A stated period is not looked into: `undefined`. */
  readonly changes: number | undefined
}

/** Options of `probeUpdatePeriods`. */
export interface UpdateProbeOptions {
  readonly clock: Clock
  /** Most seconds to spend. */
  readonly budget: Seconds
  /** Times between changes that are enough for a median. */
  readonly enough?: number
}

/** @returns one entry per domain of the profiler, in its order */
export async function probeUpdatePeriods(
  profiler: Profiler,
  { clock, budget, enough = 5 }: UpdateProbeOptions,
): Promise<readonly UpdatePeriod[]> {
  const tracks = profiler.domains().map((domain) => new ChangeTrack(domain, enough))
  const start = clock()
  while (clock() - start < budget && tracks.some((track) => !track.isDone)) {
    const reading = readChecked(profiler, tracks.length, clock)
    tracks.forEach((track, index) => {
      track.see(reading.at, reading.values[index])
    })
    await nextTurn()
  }
  const spent = seconds(clock() - start)
  return tracks.map((track) => track.result(spent))
}

/** The changes of one counter. */
class ChangeTrack {
  readonly #stated: Seconds | undefined
  readonly #enough: number
  readonly #gaps: number[] = []
  #last: number | undefined
  #changedAt: number | undefined
  #changes = 0

  constructor(domain: EnergyDomain, enough: number) {
    this.#stated = domain.updatePeriod
    this.#enough = enough
  }

  get isDone(): boolean {
    return this.#stated !== undefined || this.#gaps.length >= this.#enough
  }

  see(at: number, value: number | undefined): void {
    if (value === undefined || value === this.#last) return
    if (this.#last !== undefined) {
      this.#changes++
      if (this.#changedAt !== undefined) this.#gaps.push(at - this.#changedAt)
      this.#changedAt = at
    }
    this.#last = value
  }

  result(spent: Seconds): UpdatePeriod {
    if (this.#stated !== undefined) return { period: this.#stated, changes: undefined }
    const sorted = [...this.#gaps].sort((one, other) => one - other)
    return { period: seconds(sorted[sorted.length >> 1] ?? spent), changes: this.#changes }
  }
}
