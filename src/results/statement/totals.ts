/** Sums over runs: energy, time and CO2, with intervals that hold however the runs' errors hang together. */
import { carbonOf } from '../../carbon/emission.js'
import { gramsPerKwh, JOULES_PER_KWH } from '../../core/units.js'
import { measuredSeconds } from '../measured-seconds.js'
import type { Figure } from '../quantity.js'
import type { EnergyRun } from './collect-runs.js'

/** The carbon intensity that turned joules into grams. */
export type StatementFactor = Pick<
  NonNullable<EnergyRun['carbon']>['factor'],
  'gramsPerKwh' | 'low' | 'high' | 'zone' | 'source'
> & { readonly zoneName?: string | undefined; readonly year?: number | undefined }

/** What the user says instead of the records. */
export interface CarbonBasis {
  readonly factor?: StatementFactor | undefined
  readonly pue?: number | undefined
}

/** One run with what it caused. */
export interface RunImpact {
  readonly run: EnergyRun
  readonly seconds: number
  /** Absent where neither the record nor the user has a factor. */
  readonly carbon?: { readonly grams: number; readonly low: number; readonly high: number }
  readonly factor?: StatementFactor
  readonly pue: number
}

/** Of several runs. */
export interface Totals {
  readonly runs: number
  readonly seconds: number
  /** kWh at the machines. */
  readonly kilowattHours: Required<Figure>
  /** kWh that a sensor gave. */
  readonly measuredKilowattHours: number
  /** kWh of the whole data centre, by PUE. */
  readonly suppliedKilowattHours: number
  /** g CO2e of those runs that have a factor. */
  readonly grams: Required<Figure>
  /** kWh of those that have none. */
  readonly withoutFactor: number
}

/** @returns the CO2 of the record, or with what the user says in place of its factor and its PUE */
export function impactOf(run: EnergyRun, basis: CarbonBasis): RunImpact {
  const { energy, carbon } = run
  const pue = basis.pue ?? carbon?.pue ?? 1
  const seconds = measuredSeconds(run)
  if (basis.factor !== undefined) {
    const { gramsPerKwh: value, low, high } = basis.factor
    const factor = { gramsPerKwh: gramsPerKwh(value), low: gramsPerKwh(low), high: gramsPerKwh(high) }
    return { run, seconds, pue, factor: basis.factor, carbon: carbonOf(energy.gross, factor, pue) }
  }
  if (carbon === undefined) return { run, seconds, pue }
  const by = pue / carbon.pue
  const { grams, low, high } = carbon.total
  return { run, seconds, pue, factor: carbon.factor, carbon: { grams: grams * by, low: low * by, high: high * by } }
}

/** Bounds are added: right when all runs err the same way, as those of one sensor or one factor do; wider otherwise. */
export function totalsOf(impacts: readonly RunImpact[]): Totals {
  const sum = (of: (impact: RunImpact) => number | undefined): number =>
    impacts.reduce((total, impact) => total + (of(impact) ?? 0), 0)
  const kilowattHours = (of: (impact: RunImpact) => number | undefined): number => sum(of) / JOULES_PER_KWH
  return {
    runs: impacts.length,
    seconds: sum(({ seconds }) => seconds),
    kilowattHours: {
      value: kilowattHours(({ run }) => run.energy.gross.joules),
      low: kilowattHours(({ run }) => run.energy.gross.low),
      high: kilowattHours(({ run }) => run.energy.gross.high),
    },
    measuredKilowattHours: kilowattHours(({ run }) => run.energy.gross.joules * run.energy.measuredShare),
    suppliedKilowattHours: kilowattHours(({ run, pue }) => run.energy.gross.joules * pue),
    grams: {
      value: sum(({ carbon }) => carbon?.grams),
      low: sum(({ carbon }) => carbon?.low),
      high: sum(({ carbon }) => carbon?.high),
    },
    withoutFactor: kilowattHours(({ run, carbon }) => (carbon === undefined ? run.energy.gross.joules : 0)),
  }
}

/** @returns groups by what `keyOf` says, in the order of their energy, the largest first */
export function grouped(
  impacts: readonly RunImpact[],
  keyOf: (impact: RunImpact) => string,
): readonly { readonly key: string; readonly impacts: readonly RunImpact[]; readonly totals: Totals }[] {
  const groups = new Map<string, RunImpact[]>()
  for (const impact of impacts) {
    const key = keyOf(impact)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [impact])
    else group.push(impact)
  }
  return [...groups]
    .map(([key, members]) => ({ key, impacts: members, totals: totalsOf(members) }))
    .sort((one, other) => other.totals.kilowattHours.value - one.totals.kilowattHours.value)
}
