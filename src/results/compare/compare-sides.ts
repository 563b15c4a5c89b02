/** Sets the runs of one or more sides against those of a base, figure by figure. */
import { mean } from 'simple-statistics'
import { FormatError, UsageError } from '../../core/errors.js'
import { holm } from '../../core/holm.js'
import { seededRandom } from '../../core/random.js'
import { batchMeans } from '../../core/statistics.js'
import { measurementOf } from '../distinct-records.js'
import type { Metric, SingleRecord } from '../gate/metric.js'
import { whyAbsent } from '../gate/metric.js'
import { CENTRES, canTell, chooseTest, isPercentile, TESTS } from './choose-test.js'
import { type Condition, type Mismatch, mismatches } from './conditions.js'
import { matchCases } from './match-cases.js'
import { isExact, refuseNoRatio, samplesOf } from './samples.js'
import type { Case, Side } from './side.js'
import type { TestName } from './two-sample-test.js'

/** What is asked of a comparison. */
export interface CompareOptions {
  readonly metrics: readonly Metric[]
  /** Share by which a figure may be worse, e.g. 0.05. */
  readonly maxRegress: number
  /** Chosen by the figure and the samples when absent. */
  readonly test?: TestName
  /** Of the tests that draw. */
  readonly seed: number
  readonly allowed: readonly Condition[]
}

/** A figure of a case before and now. */
export interface Row {
  readonly side: string
  readonly case: string
  readonly metric: Metric
  /** What the test compares: means of the samples, medians for Mann and Whitney. */
  readonly base: number
  readonly now: number
  /** `now` by `base`; `low` and `high` are absent where it is exact, and for too few samples. `high` may be `Infinity`. */
  readonly ratio: number
  readonly low?: number
  readonly high?: number
  /** How many samples there were on each side, and what one of them is. */
  readonly samples?: {
    readonly base: number
    readonly now: number
    readonly unit: 'runs' | 'windows' | 'epochs' | 'rounds'
  }
  readonly test: TestName | 'paired' | 'exact'
  /** Whether it is a figure of energy that no sensor gave, or not all of it. */
  readonly isModelled: boolean
  /** Of a difference so large by chance; then after Holm's correction over all rows. */
  readonly probability?: number
  readonly adjusted?: number
  /**
   * `regression`: significantly worse, and by more than is allowed, the whole interval; `worse`, `better`: significant;
   * `too few`: so few samples for so many rows that the test could find nothing, whatever they are; else `tie`.
   */
  readonly verdict: 'regression' | 'worse' | 'better' | 'tie' | 'too few'
}

/** All rows, and what was noticed. */
export interface SidesReport {
  readonly base: string
  readonly rows: readonly Row[]
  readonly options: CompareOptions
  /** What the intervals leave out together, over all rows: 0.05. */
  readonly familyTail: number
  readonly allowed: readonly Mismatch[]
  readonly notes: readonly string[]
}

/** All intervals together miss the truth once in twenty times. */
export const FAMILY_TAIL = 0.05

/** @returns what each of so many intervals may leave out, by Bonferroni */
export const tailOf = (rows: number): number => FAMILY_TAIL / Math.max(1, rows)

/**
 * @param others - each is compared with the base
 * @throws {UsageError} `E_COMPARE_DIFFERENT` for conditions that differ and were not allowed to
 * @throws {FormatError} `E_COMPARE_ABSENT` for a figure that a run lacks, `E_COMPARE_FEW` for no sample on a side,
 *   `E_COMPARE_RANGE` for samples of which no ratio can be made
 */
export function compareSides(base: Side, others: readonly Side[], options: CompareOptions): SidesReport {
  const matched = others.flatMap((side) => matchCases(base, side, options.allowed).map((pair) => ({ ...pair, side })))
  const wanted = matched.flatMap((pair) => options.metrics.map((metric) => ({ ...pair, metric })))
  const different = distinct(wanted.flatMap(({ base: one, now, metric }) => mismatches(metric, one.runs, now.runs)))
  refuseDifferent(different, options.allowed)
  const tail = tailOf(wanted.filter(({ metric }) => !isExact(metric)).length)
  const random = seededRandom(options.seed)
  const rows = wanted.map(({ side, base: one, now, metric }) =>
    rowOf(side.name, metric, one, now, { options, tail, random }),
  )
  return {
    base: base.name,
    rows: judged(rows, options.maxRegress),
    options,
    familyTail: FAMILY_TAIL,
    allowed: different,
    notes: [...base.notes, ...others.flatMap(({ notes }) => notes), ...sameRuns(base, others)],
  }
}

const distinct = (found: readonly Mismatch[]): readonly Mismatch[] => [
  ...new Map(found.map((one) => [`${one.condition} ${one.base} ${one.now}`, one])).values(),
]

function refuseDifferent(different: readonly Mismatch[], allowed: readonly Condition[]): void {
  const refused = different.filter(({ condition }) => !allowed.includes(condition))
  if (refused.length === 0) return
  const list = refused.map(({ condition, base, now }) => `${condition} (${base || 'none'}; ${now || 'none'})`)
  const words = [...new Set(refused.map(({ condition }) => condition))].join(',')
  throw new UsageError('E_COMPARE_DIFFERENT', `the runs cannot be compared, they differ in ${list.join(', ')}`, {
    hint: `measure both alike, or say that you know: --allow-different ${words}`,
  })
}

/** A run compared with itself, or with a replay of it, is a tie that proves nothing. */
function sameRuns(base: Side, others: readonly Side[]): readonly string[] {
  const known = new Set(measurementsOf(base))
  return others.flatMap((side) =>
    measurementsOf(side).some((id) => known.has(id)) ? [`${side.name} holds runs of ${base.name} itself`] : [],
  )
}

const measurementsOf = ({ cases }: Side): readonly string[] => cases.flatMap(({ runs }) => runs.map(measurementOf))

/** A row before it is set beside the others. */
export type Unjudged = Omit<Row, 'verdict' | 'adjusted'>

interface Testing {
  readonly options: CompareOptions
  readonly tail: number
  readonly random: () => number
}

function rowOf(side: string, metric: Metric, base: Case, now: Case, testing: Testing): Unjudged {
  const isModelled = isOfEnergy(metric) && [...base.runs, ...now.runs].some((run) => energyKindOf(run) !== 'measured')
  const about = { side, case: now.name, metric, isModelled }
  for (const { runs } of [base, now]) for (const run of runs) refuseAbsent(metric, run)
  if (isExact(metric)) {
    const [before, after] = [base, now].map(({ runs }) => mean(runs.map((run) => metric.of(run)?.value ?? 0)))
    return { ...about, base: before ?? 0, now: after ?? 0, ratio: ratioOf(after, before), test: 'exact' }
  }
  const { unit, samples } = samplesOfBoth(metric, base, now)
  const [before, after] = samples
  refuseNoRatio(metric, now.name, unit, [...before, ...after])
  const { options, tail, random } = testing
  const counts = [before.length, after.length] as const
  const test = options.test ?? chooseTest(metric, ...counts, tail)
  const centres = { base: CENTRES[test](before), now: CENTRES[test](after) }
  const counted = { ...about, ...centres, samples: { base: counts[0], now: counts[1], unit }, test }
  return canTell(test, ...counts, tail)
    ? { ...counted, ...TESTS[test]({ base: before, values: after, tail, random }) }
    : { ...counted, ratio: centres.now / centres.base }
}

/** @returns whether a figure follows from joules */
export const isOfEnergy = ({ field }: Metric): boolean => field === 'energy' || field === 'carbon'

const energyKindOf = (run: SingleRecord): string | undefined => ('energy' in run ? run.energy?.kind : undefined)

/** @returns how an exact figure changed; 1 also for 0 and 0 */
export const ratioOf = (after = 0, before = 0): number => (before === after ? 1 : after / before)

/** @throws {FormatError} `E_COMPARE_ABSENT` for a run without the figure */
export function refuseAbsent(metric: Metric, run: SingleRecord): void {
  if (metric.of(run) !== undefined) return
  throw new FormatError('E_COMPARE_ABSENT', `${run.model.name} has no ${metric.name}: ${whyAbsent(metric, run)}`, {
    hint: 'compare another figure, for example --metric latency.p50',
  })
}

/** So many runs on each side say how runs differ, which the windows of one run do not. */
const LEAST_RUNS = 3

/** More windows of a run are averaged with those beside them: neighbours have much in common, and are no samples of their own. */
const MOST_SAMPLES = 30

function samplesOfBoth(metric: Metric, base: Case, now: Case) {
  const [one = [], other = []] = [base, now].map(({ runs }) => runs.map((run) => samplesOf(metric, run)))
  const both = [one, other]
  if (both.every((runs) => runs.filter((samples) => samples.length > 0).length >= LEAST_RUNS)) {
    return { unit: 'runs' as const, samples: [figuresOf(metric, base), figuresOf(metric, now)] as const }
  }
  const unit = base.runs[0]?.kind === 'training' ? ('epochs' as const) : ('windows' as const)
  const pooled = both.map((runs) => runs.flatMap((samples) => batchMeans(samples, MOST_SAMPLES)))
  const fewest = Math.min(...pooled.map(({ length }) => length))
  if (fewest === 0) {
    throw new FormatError('E_COMPARE_FEW', `${now.name}: no ${unit} with ${metric.name} cannot be compared`, {
      hint: 'measure longer, or several times: a folder of results is one side',
    })
  }
  return { unit, samples: [pooled[0] ?? [], pooled[1] ?? []] as const }
}

/** @returns one figure for each run that has samples: a percentile is that of the whole run, which its windows do not give */
const figuresOf = (metric: Metric, { runs }: Case): readonly number[] =>
  runs.flatMap((run) => {
    const samples = samplesOf(metric, run)
    if (samples.length === 0) return []
    return (isPercentile(metric) ? metric.of(run)?.value : undefined) ?? mean([...samples])
  })

/** @returns the rows with their verdicts, which depend on how many there are */
export function judged(rows: readonly Unjudged[], maxRegress: number): readonly Row[] {
  const tested = rows.filter(({ probability }) => probability !== undefined)
  const corrected = holm(tested.map(({ probability = 1 }) => probability))
  return rows.map((row) => {
    const place = tested.indexOf(row)
    const adjusted = place < 0 ? undefined : (corrected[place] ?? 1)
    return { ...row, ...(adjusted === undefined ? {} : { adjusted }), verdict: verdictOf(row, adjusted, maxRegress) }
  })
}

function verdictOf(row: Unjudged, adjusted: number | undefined, maxRegress: number): Row['verdict'] {
  const { metric, ratio, low = ratio, high = ratio } = row
  if (row.test !== 'exact' && adjusted === undefined) return 'too few'
  const isWorse = metric.isMoreBetter === true ? ratio < 1 : ratio > 1
  const least = metric.isMoreBetter === true ? 1 - high : low - 1
  const isSignificant = adjusted === undefined ? ratio !== 1 : adjusted < FAMILY_TAIL
  // Percentiles and draws may leave 1 out of the interval where the test does not.
  if (isSignificant && least > maxRegress + 1e-12) return 'regression'
  return isSignificant ? (isWorse ? 'worse' : 'better') : 'tie'
}
