/** Power of the idle machine from the baselines before and after, and how far it can be trusted. */
import { bounded, largest, scaledBy, stated, type Uncertainty } from '../src/core/combined-uncertainty.js'
import { pooledUncertainty } from '../src/core/pooled-uncertainty.js'
import type { IdleBaseline } from './idle-baseline.js'
import type { Measurement } from './protocol.js'

/** Idle power with what is not known about it. */
export interface IdlePower {
  readonly watts: number
  readonly before?: number
  readonly after?: number
  /** Of both baselines together. */
  readonly seconds: number
  /** In W: the most of wandering, drift and edges, since each shows in the others; the sensor's stated error is not in it. */
  readonly uncertainty: Uncertainty
  /** Known from elsewhere and taken as exact, not measured by the sensors of the run. */
  readonly isGiven: boolean
}

interface Reading {
  readonly watts: number
  readonly random: number
  readonly seconds: number
  readonly partWatts: readonly number[]
}

/** Where idle power comes from: both baselines, one of them, none, or the watts that are known from elsewhere. */
export type IdleModel = 'mean' | 'before' | 'after' | 'none' | number

/** @returns the measurement with the baselines that the model takes */
export function withIdleModel(measurement: Measurement, model: IdleModel = 'mean'): Measurement {
  if (model === 'mean') return measurement
  const { idleBefore, idleAfter, ...others } = measurement
  if (typeof model === 'number') return { ...measurement, idleWatts: model }
  return {
    ...others,
    ...(model === 'before' && idleBefore !== undefined ? { idleBefore } : {}),
    ...(model === 'after' && idleAfter !== undefined ? { idleAfter } : {}),
  }
}

/** @returns `undefined` when neither baseline has energy */
export function idlePower({
  idleBefore,
  idleAfter,
  idleWatts,
}: Pick<Measurement, 'idleBefore' | 'idleAfter' | 'idleWatts'>): IdlePower | undefined {
  if (idleWatts !== undefined) return { watts: idleWatts, seconds: 0, uncertainty: stated(0), isGiven: true }
  const [before, after] = [readingOf(idleBefore), readingOf(idleAfter)]
  const known = [before, after].filter((reading) => reading !== undefined)
  if (known.length === 0) return undefined
  const mean = (pick: (reading: Reading) => number) => known.reduce((sum, one) => sum + pick(one), 0) / known.length
  return {
    watts: mean(({ watts }) => watts),
    ...(before === undefined ? {} : { before: before.watts }),
    ...(after === undefined ? {} : { after: after.watts }),
    seconds: known.reduce((sum, { seconds }) => sum + seconds, 0),
    uncertainty: largest([
      wanderingOf(known),
      stated(driftOf(before, after)),
      bounded(Math.hypot(...known.map(({ random }) => random)) / known.length),
    ]),
    isGiven: false,
  }
}

/** Half of what the baselines differ by: what idle power was between them is somewhere between the two. */
function driftOf(before: Reading | undefined, after: Reading | undefined): number {
  return before === undefined || after === undefined ? 0 : Math.abs(before.watts - after.watts) / 2
}

/** Of the mean of the baselines, from how far the parts of each lie from its own mean. */
function wanderingOf(known: readonly Reading[]): Uncertainty {
  const parts = known.map(({ partWatts }) => partWatts).filter(({ length }) => length > 1)
  return scaledBy(pooledUncertainty(parts), parts.length / known.length)
}

function readingOf(baseline: IdleBaseline | undefined): Reading | undefined {
  const { joules, seconds, random } = baseline?.energy ?? {}
  if (joules === undefined || seconds === undefined || seconds === 0) return undefined
  return { watts: joules / seconds, random: (random ?? 0) / seconds, seconds, partWatts: baseline?.partWatts ?? [] }
}
