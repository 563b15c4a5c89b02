/** How the sensors were read, what they said of each other, and who caused the energy: rows of `--explain`. */
import type { EnergyRecord, InferenceRecord } from '../core/record.js'
import { printable } from './printable.js'
import { formatExact, formatFigure, formatPlain, formatShare, JOULES, SECONDS, WATTS } from './quantity.js'

/** Name, figure, words. */
export type Row = readonly [name: string, figure: string, words: string]
type CrossCheck = NonNullable<EnergyRecord['crossChecks']>[number]

/** @returns rows of idle power, readings, sensors that saw the same, who caused the energy, and greenbench itself */
export function sensorRows(
  energy: Pick<EnergyRecord, 'idle' | 'sampling' | 'crossChecks' | 'attribution'>,
  own: InferenceRecord['own'],
): readonly Row[] {
  const { idle, sampling = [], crossChecks = [], attribution } = energy
  return [
    ...(idle === undefined ? [] : [idleRow(idle)]),
    ...sampling.map(samplingRow),
    ...crossChecks.map(crossCheckRow),
    ...attributionRows(attribution),
    ...ownRows(own),
  ]
}

/** Percents of more are no longer pictured as a share. */
const MOST_SHARE = 10

/** @returns two digits, never fewer than the ones, e.g. `2.1%`; `113 times` for what is many times the whole */
export function percent(share: number): string {
  if (share >= MOST_SHARE) return `${share < 1e6 ? formatExact(Math.round(share)) : share.toPrecision(2)} times`
  const value = share * 100
  return `${value.toFixed(value >= 10 || value === 0 ? 0 : Math.min(4, 1 - Math.floor(Math.log10(value))))}%`
}

function idleRow({ watts, before, after, seconds }: NonNullable<EnergyRecord['idle']>): Row {
  if (before === undefined && after === undefined) return ['idle power', formatPlain(watts, WATTS), 'given']
  const each = [before, after].map((value) => (value === undefined ? 'unknown' : formatPlain(value, WATTS)))
  return [
    'idle power',
    formatPlain(watts, WATTS),
    `${each[0]} before, ${each[1]} after, ${formatPlain(seconds, SECONDS)} in all`,
  ]
}

function samplingRow(facts: NonNullable<EnergyRecord['sampling']>[number]): Row {
  const { profiler, interval, readings, failed, missed, lost, meanDelay, worstDelay, longestStep } = facts
  const late = `${formatPlain(meanDelay, SECONDS)} late on average, ${formatPlain(worstDelay, SECONDS)} at worst`
  const gaps = `longest gap ${formatPlain(longestStep, SECONDS)}`
  const words = `every ${formatPlain(interval, SECONDS)}; ${failed} failed, ${missed + lost} missing; ${late}; ${gaps}`
  return [`readings of ${printable(profiler)}`, formatExact(readings), words]
}

function crossCheckRow({ counted, other, relative, isWithinErrors }: CrossCheck): Row {
  const name = (one: CrossCheck['other']): string => printable(`${one.profiler} ${one.name}`)
  const words = isWithinErrors ? 'as far as their stated errors allow' : 'more than their stated errors allow'
  const sign = relative < 0 ? '-' : '+'
  return [
    `${name(other)}`,
    `${sign}${percent(Math.abs(relative))}`,
    `against ${name(counted)}, which is counted: ${words}`,
  ]
}

/** Of the energy of the windows. */
function attributionRows(attribution: EnergyRecord['attribution']): readonly Row[] {
  if (attribution === undefined) return []
  const { cpuShare, memoryShare, joules, intervals } = attribution
  const shown = (name: 'process' | 'others' | 'unattributed'): string => {
    const ends = intervals?.[name]
    return ends === undefined
      ? formatPlain(joules[name], JOULES)
      : formatFigure({ value: joules[name], ...ends }, JOULES)
  }
  const memory = memoryShare === undefined ? '' : ` and ${formatShare(memoryShare)} of the memory in use`
  const rows: readonly Row[] = [
    ['energy of the idle machine', formatPlain(joules.idle, JOULES), 'given to no process'],
    [
      'energy of this run',
      shown('process'),
      `above idle, by ${formatShare(cpuShare)} of the busy CPU time${memory}, child processes included`,
    ],
    ['energy of others', shown('others'), 'above idle, caused by other processes'],
    ['not attributed', shown('unattributed'), 'of boards that do not tell who uses them'],
  ]
  return rows.filter(([name]) => name !== 'not attributed' || joules.unattributed !== 0)
}

function ownRows(own: InferenceRecord['own']): readonly Row[] {
  if (own === undefined) return []
  const { joules: value, low, high } = own
  const known = value === undefined || low === undefined || high === undefined ? undefined : { value, low, high }
  const joules = known === undefined ? '' : `, about ${formatFigure(known, JOULES)} above idle by their share`
  return [
    ['greenbench itself', formatPlain(own.cpuSeconds, SECONDS), `of CPU time: its loop and its readings${joules}`],
  ]
}
