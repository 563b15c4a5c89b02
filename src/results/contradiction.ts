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
  readonly gross?: Pick<Energy['gross'], 'joules'> | undefined
  readonly perInference?: Pick<Energy['perInference'], 'joules'> | undefined
  readonly window?: Partial<Pick<Energy['window'], 'seconds' | 'inferences'>> | undefined
}

/** Rounding may take a share of what was all measured a little below 1. */
const ALL_MEASURED = 0.999
/** Figures that were rounded for people differ by less, as a share; those of a record as it was written by 1e-15. */
const ROUNDING = 1e-3
/** The figures that stand with `low` and `high`. */
const FIGURES = ['joules', 'grams', 'imagesPerSecond', 'mean', 'gramsPerKwh', 'dollarsPerTonne'] as const

/**
 * @param run - that fits its schema
 * @returns what cannot be true of any run, by the path of the field; `undefined` where nothing contradicts itself
 */
export function contradictionIn(run: ContradictableRun): string | undefined {
  const { accuracy, energy, latency, throughput, carbon } = run
  return (
    (accuracy && beyondWhole('accuracy', accuracy)) ??
    (energy && wrongKind(energy)) ??
    wrongEnds({ energy, latency, throughput, carbon }) ??
    (energy && otherPerInference(energy))
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

/** Gross energy of one inference is that of all windows by their inferences; what ranks runs has only the one. */
function otherPerInference({ gross, perInference, window }: JudgedEnergy): string | undefined {
  const inferences = window?.inferences
  if (gross === undefined || perInference === undefined || inferences === undefined) return undefined
  if (Math.abs(perInference.joules * inferences - gross.joules) <= ROUNDING * Math.abs(gross.joules)) return undefined
  const { joules } = perInference
  return `energy.perInference.joules is ${joules}, but energy.gross.joules is ${gross.joules} for ${inferences} inferences`
}

function wrongEnds(figures: object): string | undefined {
  const found = wrongInterval(figures)
  return found?.sentence(found.path.join('.'))
}

interface WrongInterval {
  readonly path: readonly string[]
  sentence(path: string): string
}

/** @returns the first interval, however deep, whose ends are swapped or that its figure lies outside of */
function wrongInterval(fields: object): WrongInterval | undefined {
  const sentence = 'low' in fields && 'high' in fields ? problemOf(fields) : undefined
  if (sentence !== undefined) return { path: [], sentence }
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name]
    if (typeof value !== 'object' || value === null) continue
    const found = wrongInterval(value)
    if (found !== undefined) return { ...found, path: [name, ...found.path] }
  }
  return undefined
}

function problemOf(fields: { readonly low: unknown; readonly high: unknown }): WrongInterval['sentence'] | undefined {
  const [low, high] = [Number(fields.low), Number(fields.high)]
  if (low > high) return (path) => `${path}.low is above ${path}.high`
  const rounding = ROUNDING * Math.max(Math.abs(low), Math.abs(high))
  for (const name of FIGURES) {
    const value = name in fields ? (fields as Readonly<Record<string, unknown>>)[name] : undefined
    if (typeof value === 'number' && (value < low - rounding || value > high + rounding)) {
      return (path) => `${path}.${name} is ${value}, outside of its own interval from ${low} to ${high}`
    }
  }
  return undefined
}
