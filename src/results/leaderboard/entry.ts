/** The runs of one model within a group, put together. */
import { max, mean, median, min } from 'simple-statistics'
import { gradeOf } from '../grade/grade.js'
import { wilsonInterval } from '../grade/wilson-interval.js'
import { macsPerInference } from '../macs-per-inference.js'
import { type Combined, combineRuns, type Interval } from './combine-runs.js'
import { byText } from './identifier.js'
import type { HardwareClass, LeaderboardEntry } from './leaderboard.js'
import type { RankableRun } from './rankable.js'
import { type MeteredTraining, trainingColumn } from './training-column.js'

/** A run whose energy is known. */
export type MeteredRun = RankableRun & { readonly energy: NonNullable<RankableRun['energy']> }

/** An entry without what depends on the others of its group. */
export type UnrankedEntry = Omit<LeaderboardEntry, 'rank' | 'unranked' | 'tiedWith' | 'pareto'>

/**
 * @param model - its id
 * @param runs - at least one, all of one model, hardware and protocol, in the order in which they started
 * @param training - of the same model on the same hardware
 */
export function entryOf(
  model: string,
  runs: readonly MeteredRun[],
  hardware: HardwareClass,
  training: readonly MeteredTraining[],
): UnrankedEntry {
  const energy = combineRuns(runs.map(({ energy: { perInference } }) => intervalOf(perInference)))
  const accuracy = accuracyOf(runs)
  const net = runs.flatMap(({ energy: { netPerInference } }) => netPerInference ?? [])
  const counted = runs.find(({ counts }) => counts?.macs !== undefined)
  return present({
    model,
    grade: gradeOfRuns(runs, energy, accuracy, hardware),
    // Gross energy below nothing cannot be, however far apart the runs are.
    energyPerInference: joulesOf({ ...energy, low: Math.max(0, energy.low) }),
    netPerInference: net.length < runs.length ? undefined : joulesOf(combineRuns(net.map(intervalOf))),
    runs: runs.map(({ id }) => id),
    betweenRuns: energy.betweenRuns,
    accuracy,
    latency: latencyOf(runs),
    imagesPerSecond: medianOf(runs, ({ throughput }) => throughput?.imagesPerSecond),
    carbon: carbonOf(runs),
    macs: macsPerInference(counted?.counts),
    peakActivationBytes: medianOf(runs, ({ counts }) => counts?.peakActivationBytes),
    training: trainingColumn(training),
    warnings: distinctTexts(runs.flatMap(({ warnings }) => warnings.map(({ code }) => code))),
  })
}

type Present<Fields> = { [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name] } & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>
}

/** Leaves out what is `undefined`: absent is absent. */
function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>
}

const intervalOf = (figure: { readonly joules: number; readonly low: number; readonly high: number }): Interval => ({
  value: figure.joules,
  low: figure.low,
  high: figure.high,
})

const joulesOf = ({ value, low, high }: Combined) => ({ joules: value, low, high })

function gradeOfRuns(
  runs: readonly MeteredRun[],
  joules: Combined,
  accuracy: LeaderboardEntry['accuracy'],
  hardware: HardwareClass,
) {
  const [first] = runs
  return gradeOf({
    hardware: hardware.kind,
    joules,
    kind: first?.energy.kind,
    measuredShare: min(runs.map(({ energy }) => energy.measuredShare)),
    accuracy,
    imageClasses: runs.find(({ images }) => images !== undefined)?.images?.classes,
    outputs: first?.model.outputs ?? [],
  })
}

/** Runs look at the same images: their mean is no more certain than one of them. */
function accuracyOf(runs: readonly MeteredRun[]): LeaderboardEntry['accuracy'] {
  const known = runs.flatMap(({ accuracy }) => (accuracy === undefined || accuracy.count === 0 ? [] : accuracy))
  if (known.length === 0) return undefined
  const top1 = mean(known.map((one) => one.top1))
  const count = max(known.map((one) => one.count))
  const top5 = known.flatMap((one) => one.top5 ?? [])
  return {
    top1,
    ...wilsonInterval(top1, count),
    ...(top5.length < known.length ? {} : { top5: mean(top5) }),
    count,
  }
}

function latencyOf(runs: readonly MeteredRun[]): LeaderboardEntry['latency'] {
  const known = runs.flatMap(({ latency }) => latency ?? [])
  if (known.length === 0) return undefined
  const typical = (name: 'mean' | 'p50' | 'p90' | 'p95' | 'p99') => median(known.map((one) => one[name]))
  return { mean: typical('mean'), p50: typical('p50'), p90: typical('p90'), p95: typical('p95'), p99: typical('p99') }
}

function medianOf(runs: readonly MeteredRun[], pick: (run: MeteredRun) => number | undefined): number | undefined {
  const known = runs.map(pick).filter((value) => value !== undefined)
  return known.length === 0 ? undefined : median(known)
}

/** Places differ more than runs do: the interval is the outermost of all. */
function carbonOf(runs: readonly MeteredRun[]): LeaderboardEntry['carbon'] {
  const known = runs.flatMap(({ carbon }) => carbon ?? [])
  if (known.length === 0) return undefined
  const grams = known.map(({ perInference }) => perInference)
  return {
    grams: median(grams.map((one) => one.grams)),
    low: Math.max(0, min(grams.map(({ low }) => low))),
    high: max(grams.map(({ high }) => high)),
    zones: distinctTexts(known.map(({ factor }) => factor.zone)),
  }
}

const distinctTexts = (texts: readonly string[]): string[] => [...new Set(texts)].sort(byText)
