/** Power of the idle machine from the baselines before and after, and how far it can be trusted. */
import type { IdleBaseline } from './idle-baseline.js'
import type { Measurement } from './protocol.js'

/** Idle power with what is not known about it. */
export interface IdlePower {
  readonly watts: number
  readonly before?: number
  readonly after?: number
  /** Of both baselines together. */
  readonly seconds: number
  /** Half-width from drift between the two and from the sensor's edges, W; the sensor's stated error is not in it. */
  readonly halfWidth: number
}

interface Reading {
  readonly watts: number
  readonly random: number
  readonly seconds: number
}

/** @returns `undefined` when neither baseline has energy */
export function idlePower({
  idleBefore,
  idleAfter,
}: Pick<Measurement, 'idleBefore' | 'idleAfter'>): IdlePower | undefined {
  const [before, after] = [readingOf(idleBefore), readingOf(idleAfter)]
  const known = [before, after].filter((reading) => reading !== undefined)
  if (known.length === 0) return undefined
  const mean = (pick: (reading: Reading) => number) => known.reduce((sum, one) => sum + pick(one), 0) / known.length
  const drift = before === undefined || after === undefined ? 0 : Math.abs(before.watts - after.watts) / 2
  return {
    watts: mean(({ watts }) => watts),
    ...(before === undefined ? {} : { before: before.watts }),
    ...(after === undefined ? {} : { after: after.watts }),
    seconds: known.reduce((sum, { seconds }) => sum + seconds, 0),
    halfWidth: Math.hypot(drift, Math.hypot(...known.map(({ random }) => random)) / known.length),
  }
}

function readingOf(baseline: IdleBaseline | undefined): Reading | undefined {
  const { joules, seconds, random } = baseline?.energy ?? {}
  if (joules === undefined || seconds === undefined || seconds === 0) return undefined
  return { watts: joules / seconds, random: (random ?? 0) / seconds, seconds }
}
