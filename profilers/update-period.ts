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
  await lookFor({ clock, budget }, () => {
    const reading = readChecked(profiler, tracks.length, clock)
    tracks.forEach((track, index) => {
      track.see(reading.at, reading.values[index])
    })
    return tracks.every((track) => track.isDone)
  })
  const spent = seconds(clock() - start)
  return tracks.map((track) => track.result(spent))
}

/**
 * Reads until any counter that is added up has changed. A power value may well stay what it is, and so may what can rest or
 * states its own period: those are not looked at.
 *
 * @returns true when all of them are energy counters and none changed within the budget
 */
export async function standsStill(
  profiler: Profiler,
  { clock, budget }: Pick<UpdateProbeOptions, 'clock' | 'budget'>,
): Promise<boolean> {
  const domains = profiler.domains()
  const counted = domains.flatMap((domain, index) => (domain.isCounted ? [{ domain, index }] : []))
  const mustMove = ({ domain: { counter, mayRest, updatePeriod } }: (typeof counted)[number]): boolean =>
    counter === 'energy' && mayRest !== true && updatePeriod === undefined
  if (counted.length === 0 || !counted.every(mustMove)) return false
  const tracks = counted.map(({ domain, index }) => ({ index, track: new ChangeTrack(domain, 1) }))
  await lookFor({ clock, budget }, () => {
    const { at, values } = readChecked(profiler, domains.length, clock)
    for (const { index, track } of tracks) track.see(at, values[index])
    return tracks.some(({ track }) => track.hasChanged)
  })
  return tracks.every(({ track }) => !track.hasChanged)
}

/** Looks that a budget lasts for at least: on a machine that was busy elsewhere all that time nothing was seen yet. */
const FEWEST_LOOKS = 10

/** @param look - returns true once it has seen enough */
async function lookFor({ clock, budget }: Pick<UpdateProbeOptions, 'clock' | 'budget'>, look: () => boolean) {
  let [spent, before] = [0, clock()]
  while (spent < budget && !look()) {
    await nextTurn()
    const now = clock()
    spent += Math.min(now - before, budget / FEWEST_LOOKS)
    before = now
  }
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

  get hasChanged(): boolean {
    return this.#changes > 0
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
