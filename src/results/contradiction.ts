/** What a record says twice and differently: the schema sees one field at a time, and lets such a record pass. */
import type { InferenceRecord } from '../core/record.js'

type Energy = NonNullable<InferenceRecord['energy']>

/** The figures that are looked at, those of them that are there; what a leaderboard keeps of a record has them too. */
export interface ContradictableRun {
  readonly accuracy?: object | undefined
  readonly energy?: JudgedEnergy | undefined
  readonly latency?: object | undefined
  readonly throughput?: object | undefined
  readonly carbon?: object | undefined
}

interface JudgedEnergy extends Pick<Energy, 'kind' | 'measuredShare'> {
  readonly domains: readonly Pick<Energy['domains'][number], 'kind' | 'isCounted'>[]
}

/** Rounding may take a share of what was all measured a little below 1. */
const ALL_MEASURED = 0.999

/**
 * @param run - that fits its schema
 * @returns what cannot be true of any run, by the path of the field; `undefined` where nothing contradicts itself
 */
export function contradictionIn(run: ContradictableRun): string | undefined {
  const { accuracy, energy, latency, throughput, carbon } = run
  return (
    (accuracy && beyondWhole('accuracy', accuracy)) ??
    (energy && wrongKind(energy)) ??
    turnedEnds({ energy, latency, throughput, carbon })
  )
}

function beyondWhole(path: string, shares: object): string | undefined {
  for (const name of ['top1', 'top5']) {
    const share = name in shares ? (shares as Record<string, unknown>)[name] : undefined
    if (typeof share === 'number' && share > 1) return `${path}.${name} must be <= 1: a share, not percent`
  }
  return undefined
}

function wrongKind({ kind, measuredShare, domains }: JudgedEnergy): string | undefined {
  if (kind !== 'measured') return undefined
  const counted = domains.filter(({ isCounted }) => isCounted)
  if (counted.length > 0 && counted.every((domain) => domain.kind === 'modelled')) {
    return 'energy.kind is measured, but all domains that are counted are modelled'
  }
  return measuredShare < ALL_MEASURED
    ? `energy.kind is measured, but energy.measuredShare is ${measuredShare}`
    : undefined
}

function turnedEnds(figures: object): string | undefined {
  const path = turnedInterval(figures)
  return path === undefined ? undefined : `${path}.low is above ${path}.high`
}

/** @returns the path of the first interval, however deep, whose ends are the wrong way round; empty for `fields` itself */
function turnedInterval(fields: object): string | undefined {
  if ('low' in fields && 'high' in fields && Number(fields.low) > Number(fields.high)) return ''
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name]
    if (typeof value !== 'object' || value === null) continue
    const path = turnedInterval(value)
    if (path !== undefined) return path === '' ? name : `${name}.${path}`
  }
  return undefined
}
