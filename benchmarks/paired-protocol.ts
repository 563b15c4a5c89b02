/**
 * Measures several engines in turn: in each round every one of them runs for one window, in an order that is drawn anew,
 * so that a machine that grows warm or busy does so for all of them.
 */

import { pairedRatio } from '../src/core/paired-ratio.js'
import { seededRandom } from '../src/core/random.js'
import { seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { IdleBaseline } from './idle-baseline.js'
import { LatencyRecorder } from './latency-recorder.js'
import { loopCost } from './loop-cost.js'
import {
  countedWindow,
  idle,
  type MeasuredWindow,
  type Measurement,
  measureWindow,
  type ProtocolParts,
  type StopReason,
} from './protocol.js'
import type { ProtocolPlan } from './protocol-plan.js'
import { type RunPool, runFor } from './timed-loop.js'
import { type WarmUp, warmUp } from './warm-up.js'
import { WindowTally } from './window-tally.js'

/** What all engines were measured in, and in which order. */
export interface PairedMeasurement {
  /** In the order of the pools. */
  readonly measurements: readonly Measurement[]
  /** Indices of the pools in the order in which they ran, a list for each round. */
  readonly order: readonly (readonly number[])[]
}

/** One engine while it is measured. */
interface Runner {
  readonly parts: ProtocolParts
  readonly warm: WarmUp
  readonly tally: WindowTally
  readonly warnings: Warning[]
}

/**
 * Rounds end when the ratio of every engine to the first is tight, or the first engine's windows have used the time of
 * the plan. Never throws: the failure of one engine ends the rounds of all.
 *
 * @param pools - batches of each engine, at least two
 * @param seed - of the order
 */
export async function runPairedProtocol(
  plan: ProtocolPlan,
  parts: Omit<ProtocolParts, 'pool'>,
  pools: readonly RunPool[],
  seed: number,
): Promise<PairedMeasurement> {
  const before = await idle(plan, parts)
  const runners: Runner[] = []
  for (const pool of pools) runners.push(await warmed(plan, { ...parts, pool }))
  const failed = runners.find(({ warm }) => 'failure' in warm)
  const rounds =
    failed === undefined
      ? await measureRounds(plan, runners, seededRandom(seed))
      : { order: [], stopReason: 'run failed' as const, failure: failed.warm.failure }
  const isStopped = rounds.stopReason === 'interrupted' || rounds.stopReason === 'run failed'
  const after = isStopped ? undefined : await idle(plan, parts)
  const loopCpuSeconds = rounds.order.length === 0 ? undefined : await loopCost(parts.clock)
  return {
    order: rounds.order,
    measurements: runners.map((runner) => measurementOf(plan, runner, { before, after, loopCpuSeconds, ...rounds })),
  }
}

async function warmed(plan: ProtocolPlan, parts: ProtocolParts): Promise<Runner> {
  parts.onProgress?.({ phase: 'warmup', done: 0, total: plan.warmUp })
  const warm =
    parts.signal?.aborted === true ? NOT_WARM : await warmUp(parts.pool, plan.warmUp, parts.clock, parts.signal)
  return { parts, warm, tally: new WindowTally(parts, new LatencyRecorder()), warnings: [] }
}

const NOT_WARM: WarmUp = { seconds: seconds(0), batches: 0, isSteady: false, warnings: [] }

interface Rounds {
  readonly order: readonly (readonly number[])[]
  readonly stopReason: StopReason
  readonly failure?: unknown
}

async function measureRounds(plan: ProtocolPlan, runners: readonly Runner[], random: () => number): Promise<Rounds> {
  const start = runners[0]?.parts.clock.now() ?? seconds(0)
  const order: number[][] = []
  for (;;) {
    if (runners[0]?.parts.signal?.aborted === true) return { order, stopReason: 'interrupted' }
    const turns = shuffled(runners.length, random)
    order.push(turns)
    for (const turn of turns) {
      const failure = await measureTurn(plan, runners[turn] as Runner, start)
      if (failure !== undefined) return { order, stopReason: 'run failed', failure }
    }
    const stopReason = stopReasonOf(plan, runners)
    if (stopReason !== undefined) return { order, stopReason }
  }
}

/** A first run that does not count brings the engine's weights back into the caches. */
async function measureTurn(
  plan: ProtocolPlan,
  { parts, tally, warnings }: Runner,
  start: ReturnType<typeof seconds>,
): Promise<unknown> {
  const first = await runFor(parts.pool, seconds(0), parts.clock, new LatencyRecorder(2), {})
  if (first.failure !== undefined) return first.failure
  const { window, failure, warnings: doubts } = await measureWindow(plan, parts, tally, start)
  warnings.push(...doubts)
  if (window.batches > 0) tally.add(countedWindow(window, plan, tally.windows))
  return failure
}

/** @see Fisher and Yates, in the form of https://en.wikipedia.org/wiki/Fisher%E2%80%93Yates_shuffle */
function shuffled(count: number, random: () => number): number[] {
  const turns = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const place = Math.floor(random() * (last + 1))
    const [moved, other] = [turns[last], turns[place]]
    if (moved !== undefined && other !== undefined) [turns[last], turns[place]] = [other, moved]
  }
  return turns
}

function stopReasonOf(plan: ProtocolPlan, [base, ...others]: readonly Runner[]): StopReason | undefined {
  if (base === undefined || base.parts.signal?.aborted === true) return 'interrupted'
  const isTight = others.every(({ tally }) => isRatioTight(tally.windows, base.tally.windows, plan.target))
  if (isTight && base.tally.windows.length >= plan.minWindows) return 'interval reached'
  // One round says nothing of its spread, however long it took.
  if (base.tally.windows.length < 2) return undefined
  return plan.maxDuration - base.tally.seconds < plan.window / 2 ? 'time budget spent' : undefined
}

function isRatioTight(windows: readonly MeasuredWindow[], base: readonly MeasuredWindow[], target: number): boolean {
  const ratio = pairedRatio(windows.map((window, round) => [secondsPerBatch(window), secondsPerBatch(base[round])]))
  return ratio !== undefined && (ratio.high - ratio.low) / 2 <= target * ratio.ratio
}

/** @returns mean seconds that a batch took in a window; 0 for none */
export const secondsPerBatch = (window: MeasuredWindow | undefined): number =>
  window === undefined || window.batches === 0 ? 0 : window.busySeconds / window.batches

interface Common extends Rounds {
  readonly before: IdleBaseline | undefined
  readonly after: IdleBaseline | undefined
  readonly loopCpuSeconds: number | undefined
}

function measurementOf(plan: ProtocolPlan, { warm, tally, warnings }: Runner, common: Common): Measurement {
  const { before, after, loopCpuSeconds, stopReason, failure } = common
  return {
    windows: tally.windows,
    latencies: tally.latencies,
    stopReason,
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
      ...(after?.warnings ?? []),
    ],
  }
}
