/** Reads a profiler that may be anybody's: whatever it gives or throws, a reading with the right number of values comes out. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'
import type { Profiler, Reading } from './profiler.js'

/** A reading, and what was wrong with it. */
export interface CheckedReading extends Reading {
  readonly problem?: string
}

/**
 * Reads all counters; a value that is no finite number, 0 or more, becomes a gap.
 *
 * @param domainCount - values expected
 * @param clock - the time of the reading, where the profiler gives none that lies within the call
 */
export function readChecked(profiler: Profiler, domainCount: number, clock: Clock): CheckedReading {
  const before = clock()
  let reading: Reading
  try {
    reading = profiler.read()
  } catch (error) {
    return { at: clock(), values: gaps(domainCount), problem: messageOf(error) }
  }
  const at = timeOf(reading?.at, before, clock())
  if (!Array.isArray(reading?.values) || reading.values.length !== domainCount) {
    return { at, values: gaps(domainCount), problem: `read() of ${profiler.name} does not give ${domainCount} values` }
  }
  // Not by "map", whose result is of another kind once it is compiled: what comes after would have to be compiled again.
  const values: (number | undefined)[] = []
  for (const value of reading.values) values.push(valueOrGap(value))
  return { at, values }
}

/** @returns the message of whatever was thrown, at most 300 characters */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}

const gaps = (count: number): undefined[] => new Array<undefined>(count).fill(undefined)

const valueOrGap = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

const timeOf = (at: unknown, before: Seconds, after: Seconds): Seconds =>
  typeof at === 'number' && at >= before && at <= after ? seconds(at) : seconds((before + after) / 2)
