/**
 * Measures several competitors in turn. In each round every one of them runs for two windows, in an order that is drawn
 * anew and then taken backwards (A C B B C A), so that a machine that steadily grows warm or busy does so alike for all.
 */
import { pairedRatio } from '../src/core/paired-ratio.js'
import { seededRandom, shuffled } from '../src/core/random.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { IdleBaseline } from './idle-baseline.js'
import { LatencyRecorder } from './latency-recorder.js'
import { loopCost } from './loop-cost.js'
import { idle, type MeasuredWindow, type Measurement, measureWindow, type ProtocolParts } from './protocol.js'
import type { ProtocolPlan } from './protocol-plan.js'
import { TracedLatencies } from './run-trace.js'
import { countedWindow, type StopReason } from './stop-reason.js'
import { runFor } from './timed-loop.js'
import { type WarmUp, warmUp } from './warm-up.js'
import { WindowTally, wanderingWarning } from './window-tally.js'

/** What all competitors were measured in, and in which order. */
export interface PairedMeasurement {
  /** In the order of the pools. */
  readonly measurements: readonly Measurement[]
  /** For each pool one block per round: its two windows, fewer where the round did not come to its end. */
  readonly blocks: readonly (readonly Block[])[]
  /** Indices of the pools in the order in which they ran, a list for each round. */
  readonly order: readonly (readonly number[])[]
}

/** Windows of one competitor in one round. */
export type Block = readonly MeasuredWindow[]

/** Batches of one competitor, and where what is found out of it is written, if it is. */
export type PairedPool = Pick<ProtocolParts, 'pool' | 'trace'>

/** One competitor while it is measured. */
interface Runner {
  readonly parts: ProtocolParts
  readonly warm: WarmUp
  readonly tally: WindowTally
  readonly blocks: MeasuredWindow[][]
  readonly warnings: Warning[]
  /** Why it takes no further part. */
  failure?: unknown
}

/** One round says nothing of its spread, however long it took. */
const LEAST_ROUNDS = 2

/**
 * Rounds end when the ratio of every competitor to the first is tight (of the energy where a sensor measures it, else of
 * the time) and the power of none of them wanders, or the windows of one competitor have used the time of the plan. Never
 * throws: one that fails takes no further part, and the others go on.
 *
 * @param seed - of the order
 */
export async function runPairedProtocol(
  plan: ProtocolPlan,
  parts: Omit<ProtocolParts, keyof PairedPool>,
  pools: readonly PairedPool[],
  seed: number,
): Promise<PairedMeasurement> {
  const before = await idle(plan, parts)
  if (before !== undefined) for (const { trace } of pools) trace?.idle('before', before)
  const runners: Runner[] = []
  for (const pool of pools) runners.push(await warmed(plan, { ...parts, ...pool }))
  const { order, stopReason } = await measureRounds(plan, runners, seededRandom(seed))
  const isStopped = stopReason === 'interrupted' || stopReason === 'run failed'
  const after = isStopped ? undefined : await idle(plan, parts)
  if (after !== undefined) for (const { trace } of pools) trace?.idle('after', after)
  const loopCpuSeconds = order.length === 0 ? undefined : await loopCost(parts.clock)
  const common = { before, after, loopCpuSeconds, stopReason }
  return {
    order,
    blocks: runners.map(({ blocks }) => blocks),
    measurements: runners.map((runner) => measurementOf(plan, runner, common)),
  }
}

async function warmed(plan: ProtocolPlan, parts: ProtocolParts): Promise<Runner> {
  parts.onProgress?.({ phase: 'warmup', done: 0, total: plan.warmUp })
  const warm =
    parts.signal?.aborted === true ? NOT_WARM : await warmUp(parts.pool, plan.warmUp, parts.clock, parts.signal)
  parts.trace?.warmUp(warm)
  const latencies = parts.trace === undefined ? new LatencyRecorder() : new TracedLatencies(parts.trace)
  const tally = new WindowTally(parts, latencies)
  return { parts, warm, tally, blocks: [], warnings: [], failure: warm.failure }
}

const NOT_WARM: WarmUp = { seconds: seconds(0), batches: 0, isSteady: false, warnings: [] }

interface Rounds {
  readonly order: readonly (readonly number[])[]
  readonly stopReason: StopReason
}

async function measureRounds(plan: ProtocolPlan, runners: readonly Runner[], random: () => number): Promise<Rounds> {
  const start = runners[0]?.parts.clock.now() ?? seconds(0)
  const order: number[][] = []
  for (;;) {
    const stopReason = stopReasonOf(plan, runners)
    if (stopReason !== undefined) return { order, stopReason }
    const there = shuffled([...runners.keys()], random)
    const turns = [...there, ...there.toReversed()].filter((turn) => runners[turn]?.failure === undefined)
    for (const turn of new Set(turns)) runners[turn]?.blocks.push([])
    order.push(await measureRound(plan, runners, turns, start))
  }
}

/** @returns the turns that were taken: one that fails has no further turn */
async function measureRound(
  plan: ProtocolPlan,
  runners: readonly Runner[],
  turns: readonly number[],
  start: Seconds,
): Promise<number[]> {
  const taken: number[] = []
  for (const turn of turns) {
    const runner = runners[turn]
    if (runner?.failure !== undefined || runner?.parts.signal?.aborted === true) continue
    taken.push(turn)
    if (runner !== undefined) await measureTurn(plan, runner, start)
  }
  return taken
}

/** A first run that does not count brings the competitor's weights back into the caches. */
async function measureTurn(plan: ProtocolPlan, runner: Runner, start: Seconds): Promise<void> {
  const { parts, tally, blocks, warnings } = runner
  const first = await runFor(parts.pool, seconds(0), parts.clock, new LatencyRecorder(2), {})
  runner.failure = first.failure
  if (first.failure !== undefined) return
  const { window, failure, warnings: doubts } = await measureWindow(plan, parts, tally, start)
  warnings.push(...doubts)
  runner.failure = failure
  if (window.batches === 0) return
  const kept = countedWindow(window, plan, tally.windows)
  tally.add(kept)
  parts.trace?.window(kept)
  blocks.at(-1)?.push(kept)
}

function stopReasonOf(plan: ProtocolPlan, runners: readonly Runner[]): StopReason | undefined {
  const [base, ...others] = runners.filter(({ failure }) => failure === undefined)
  if (base === undefined) return 'run failed'
  if (base.parts.signal?.aborted === true) return 'interrupted'
  if (base.blocks.length < LEAST_ROUNDS) return undefined
  const isTight = others.every(({ blocks }) => isRatioTight(blocks, base.blocks, plan.target))
  // In turns a wandering power hits all alike, but not so that few rounds would show how much of it is left.
  const isSteady = runners.every(({ tally }) => tally.running?.isWandering !== true)
  if (isTight && isSteady && base.tally.windows.length >= plan.minWindows) return 'interval reached'
  // A round adds two windows to each; one that goes past the budget by more than it stays below is not begun.
  return plan.maxDuration - base.tally.seconds < plan.window ? 'time budget spent' : undefined
}

function isRatioTight(blocks: readonly Block[], base: readonly Block[], target: number): boolean {
  const isMeasured = base.every((block) => block.every(({ energy }) => energy?.kind === 'measured'))
  const figure = isMeasured ? joulesPerBatch : secondsPerBatch
  const ratio = pairedRatio(pairsOf(blocks, base, figure))
  return ratio !== undefined && (ratio.high - ratio.low) / 2 <= target * ratio.ratio
}

/** A figure of a block; `undefined` where it is not known of the whole block. */
export type BlockFigure = (block: Block) => number | undefined

/** @returns what both have a figure for, round by round; rounds that did not come to their end do not count */
export function pairsOf(
  blocks: readonly Block[],
  base: readonly Block[],
  figure: BlockFigure,
): (readonly [number, number])[] {
  return blocks.flatMap((block, round) => {
    const other = base[round] ?? []
    const [value, baseValue] = [figure(block), figure(other)]
    const isWhole = block.length === WINDOWS_PER_BLOCK && other.length === WINDOWS_PER_BLOCK
    return isWhole && value !== undefined && baseValue !== undefined ? [[value, baseValue] as const] : []
  })
}

const WINDOWS_PER_BLOCK = 2

/** Seconds inside the engine. */
export const secondsPerBatch: BlockFigure = (block) => perBatch(block, ({ busySeconds }) => busySeconds)

export const joulesPerBatch: BlockFigure = (block) => perBatch(block, ({ energy }) => energy?.joules)

function perBatch(block: Block, figure: (window: MeasuredWindow) => number | undefined): number | undefined {
  let [total, batches] = [0, 0]
  for (const window of block) {
    const value = figure(window)
    if (value === undefined) return undefined
    total += value
    batches += window.batches
  }
  return batches === 0 ? undefined : total / batches
}

interface Common extends Pick<Rounds, 'stopReason'> {
  readonly before: IdleBaseline | undefined
  readonly after: IdleBaseline | undefined
  readonly loopCpuSeconds: number | undefined
}

function measurementOf(plan: ProtocolPlan, { warm, tally, warnings, failure }: Runner, common: Common): Measurement {
  const { before, after, loopCpuSeconds, stopReason } = common
  return {
    windows: tally.windows,
    latencies: tally.latencies,
    stopReason: failure === undefined ? stopReason : 'run failed',
    warmUp: warm,
    ...(before === undefined ? {} : { idleBefore: before }),
    ...(after === undefined ? {} : { idleAfter: after }),
    ...(loopCpuSeconds === undefined || tally.windows.length === 0 ? {} : { loopCpuSeconds }),
    ...(failure === undefined ? {} : { failure }),
    warnings: [
      ...plan.warnings,
      ...(before?.warnings ?? []),
      ...warm.warnings,
      ...warnings,
      ...wanderingWarning(tally),
      ...(after?.warnings ?? []),
    ],
  }
}
