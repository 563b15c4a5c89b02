/** Turns the sums of a window's domains into joules with an interval, and what is doubtful into warnings. */
import { type Joules, joules, type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { DomainSum } from './domain-integral.js'
import type { BudgetPart, DomainEnergy, WindowEnergy } from './energy-window.js'
import type { EnergyDomain, ProfilerKind } from './profiler.js'
import { doubtWarning, missingWarning, shortWarning, unmeasuredWarning } from './window-warnings.js'

/** One domain of one window, with all that its figure depends on. */
export interface MeteredDomain {
  readonly profiler: string
  readonly kind: ProfilerKind
  readonly domain: EnergyDomain
  /** After overlaps between profilers were taken out. */
  readonly isCounted: boolean
  readonly updatePeriod: Seconds
  readonly sum: DomainSum
}

/** What else is known of the window. */
export interface WindowFacts {
  readonly startedAt: Seconds
  readonly seconds: Seconds
  readonly readings: number
  readonly failedReadings: number
  readonly partWatts?: readonly number[]
  readonly warnings: readonly Warning[]
}

/** Share of a window that may be bridged by the mean power of the rest. */
const LONGEST_BRIDGE = 0.05
/** Relative half-width from the edges beyond which a window is called short. */
const SHORT = 0.05

type ErrorSource = Exclude<BudgetPart['source'], 'sensor' | 'model'>
interface Figure {
  readonly joules: number
  /** Half-widths, J, independent of each other. */
  readonly errors: Readonly<Record<ErrorSource, number>>
}

/** @returns the window's energy; joules are absent when a counted domain has none */
export function windowEnergy(metered: readonly MeteredDomain[], facts: WindowFacts): WindowEnergy {
  const warnings = [...facts.warnings]
  const figures = metered.map((one) => {
    const figure = figureOf(one, facts.seconds)
    warnings.push(...doubtWarning(one))
    if (typeof figure !== 'string') return { ...one, figure }
    warnings.push(missingWarning(one, figure))
    return { ...one, figure: undefined }
  })
  const known = figures.filter(hasFigure)
  const counted = figures.filter(({ isCounted }) => isCounted)
  const countedKnown = counted.filter(hasFigure)
  if (counted.length === 0) warnings.push(unmeasuredWarning())
  const isComplete = counted.length > 0 && countedKnown.length === counted.length
  const total = isComplete ? totalOf(countedKnown) : NO_TOTAL
  const blur = isComplete ? edgeBlur(countedKnown, total.budget, facts.seconds) : 0
  if (blur > SHORT) warnings.push(shortWarning(facts.seconds, blur))
  return { ...facts, ...total, domains: known.map(domainEnergy), warnings }
}

type Known = MeteredDomain & { readonly figure: Figure }
const hasFigure = <T extends { readonly figure: Figure | undefined }>(one: T): one is T & { readonly figure: Figure } =>
  one.figure !== undefined

/** @returns the figure, or why there is none */
function figureOf({ domain, sum, updatePeriod }: MeteredDomain, length: Seconds): Figure | string {
  if (sum.knownSeconds <= 0) return 'no two readings of it fell into the window'
  if (sum.unknownSeconds > LONGEST_BRIDGE * length) {
    return `its energy is not known for ${percent(sum.unknownSeconds / length)} of the window`
  }
  if (sum.knownSeconds < updatePeriod) {
    return `the window is shorter than the ${(updatePeriod * 1000).toFixed(1)} ms between two updates of its counter`
  }
  if (!(sum.joules > 0) && domain.mayRest !== true)
    return domain.counter === 'energy' ? 'its counter did not move' : 'its sensor shows 0 W'
  const watts = sum.joules / sum.knownSeconds
  const bridged = watts * sum.unknownSeconds
  const resolution = (domain.resolution ?? 0) * (domain.counter === 'power' ? length : 1)
  // What a counter shows is up to one update old at either edge; a power value that is old by that much stands too long.
  const edge = (sum.edgeSeconds ?? updatePeriod) * (domain.counter === 'energy' ? watts : Math.abs(sum.powerChange))
  return { joules: sum.joules + bridged, errors: { edge, resolution, integration: sum.integrationError, gap: bridged } }
}

function domainEnergy({ domain, profiler, kind, isCounted, figure }: Known): DomainEnergy {
  const random = Math.hypot(...Object.values(figure.errors))
  return {
    name: domain.name,
    profiler,
    kind,
    part: domain.part,
    isCounted,
    joules: joules(figure.joules),
    low: atLeastNothing(figure.joules * domain.low - random),
    high: joules(figure.joules * domain.high + random),
    ...(domain.device === undefined ? {} : { device: domain.device }),
    ...(domain.source === undefined ? {} : { source: domain.source }),
  }
}

/**
 * @returns relative error of the edges at most; a power value that is up to one update old may be that of another load,
 * also where it stood still in all of the window
 */
function edgeBlur(counted: readonly Known[], budget: readonly BudgetPart[], length: Seconds): number {
  const edge = budget.find(({ source }) => source === 'edge')?.relative ?? 0
  const powers = counted.filter(({ domain, kind }) => domain.counter === 'power' && kind === 'measured')
  return Math.max(edge, longestPeriod(powers) / length)
}

type Total = Pick<
  WindowEnergy,
  'joules' | 'low' | 'high' | 'kind' | 'measuredShare' | 'random' | 'systematic' | 'budget'
>
const NO_TOTAL: Total = {
  joules: undefined,
  low: undefined,
  high: undefined,
  kind: undefined,
  measuredShare: undefined,
  random: undefined,
  systematic: undefined,
  budget: [],
}

/**
 * Stated errors add up as they are, since sensors of one make err together; the rest is independent and adds up in
 * squares.
 */
function totalOf(counted: readonly Known[]): Total {
  const sumOf = (pick: (one: Known) => number): number => counted.reduce((sum, one) => sum + pick(one), 0)
  const total = sumOf(({ figure }) => figure.joules)
  const measured = sumOf(({ figure, kind }) => (kind === 'measured' ? figure.joules : 0))
  const random = Math.hypot(...counted.flatMap(({ figure }) => Object.values(figure.errors)))
  const low = sumOf(({ figure, domain }) => figure.joules * domain.low) / total
  const high = sumOf(({ figure, domain }) => figure.joules * domain.high) / total
  return {
    joules: joules(total),
    low: atLeastNothing(total * low - random),
    high: joules(total * high + random),
    kind: kindOf(counted),
    measuredShare: measured / total,
    random: joules(random),
    systematic: { low, high },
    budget: budgetOf(counted, total),
  }
}

function kindOf(counted: readonly Known[]): 'measured' | 'modelled' | 'mixed' {
  const kinds = new Set(counted.map(({ kind }) => kind))
  if (kinds.size > 1) return 'mixed'
  return kinds.has('measured') ? 'measured' : 'modelled'
}

function budgetOf(counted: readonly Known[], total: number): readonly BudgetPart[] {
  const stated = (wanted: ProfilerKind): number =>
    counted
      .filter(({ kind }) => kind === wanted)
      .reduce((sum, { figure, domain }) => sum + (figure.joules * (domain.high - domain.low)) / 2, 0)
  const random = (source: ErrorSource): number => Math.hypot(...counted.map(({ figure }) => figure.errors[source]))
  const parts: BudgetPart[] = [
    { source: 'sensor', relative: stated('measured') / total },
    { source: 'model', relative: stated('modelled') / total },
    { source: 'edge', relative: random('edge') / total },
    { source: 'resolution', relative: random('resolution') / total },
    { source: 'integration', relative: random('integration') / total },
    { source: 'gap', relative: random('gap') / total },
  ]
  return parts.filter(({ relative }) => relative > 0)
}

const atLeastNothing = (value: number): Joules => joules(Math.max(0, value))
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`

/** @returns the longest update period of what is counted, 0 when nothing is */
export const longestPeriod = (domains: readonly Pick<MeteredDomain, 'isCounted' | 'updatePeriod'>[]): Seconds =>
  seconds(Math.max(0, ...domains.filter(({ isCounted }) => isCounted).map(({ updatePeriod }) => updatePeriod)))
