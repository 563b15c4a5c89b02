/** How far the repeats of a measurement lie apart: what its energy per image is worth. */
import { combined, scaledBy, stated, type Uncertainty } from '../src/core/combined-uncertainty.js'
import { neighbourMeanInterval } from '../src/core/statistics.js'
import type { MeasuredWindow } from './protocol.js'

/** Mean energy per image, J, and how sure it is. */
export interface RepeatSpread {
  readonly mean: number
  readonly uncertainty: Uncertainty
  /** Power wanders so slowly that the run is short for it: the interval may still be too narrow. */
  readonly isWandering: boolean
}

/** Fewer independent stretches of power than this tell too little of how far it goes. */
const LEAST_DEGREES = 8

/**
 * Power that wanders more slowly than a window makes a few windows look alike; so where windows are known in parts, it is
 * those that tell the spread of the power, and the windows that of the time an image takes.
 *
 * @param batchSize - images in a batch
 * @param idleWatts - taken off, for net energy
 * @returns `undefined` for fewer than two windows with energy
 */
export function repeatSpread(
  windows: readonly MeasuredWindow[],
  batchSize: number,
  idleWatts = 0,
): RepeatSpread | undefined {
  const known = windows.flatMap(({ energy, batches }) =>
    energy?.joules === undefined ? [] : [{ ...energy, joules: energy.joules, images: batches * batchSize }],
  )
  if (known.length < 2) return undefined
  const perImage = known.map(({ joules, seconds, images }) => (joules - idleWatts * seconds) / images)
  const mean = meanOf(perImage)
  const parts = known.map(({ partWatts = [] }) => partWatts)
  if (parts.some(({ length }) => length === 0))
    return { mean, uncertainty: uncertaintyOf(perImage), isWandering: false }
  const times = known.map(({ seconds, images }) => seconds / images)
  const watts = parts.flat()
  const power = scaledBy(uncertaintyOf(watts), meanOf(times))
  const isWandering = power.degrees < Math.min(LEAST_DEGREES, watts.length - 1)
  const time = scaledBy(uncertaintyOf(times), meanOf(watts) - idleWatts)
  return { mean, uncertainty: combined([power, time]), isWandering }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Where the values start does not change their spread, and the statistics take none below 0. */
function uncertaintyOf(values: readonly number[]): Uncertainty {
  const least = Math.min(...values)
  return neighbourMeanInterval(values.map((value) => value - least))?.uncertainty ?? stated(0)
}
