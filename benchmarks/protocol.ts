/**
 * The protocol of a measurement: idle baseline, warm-up, windows until the interval is tight, idle baseline.
 *
 * Knows neither model nor sensor: clock, meter and prepared batches are given to it, so that a test runs it with made-up
 * ones. It never throws for what happens on the way: what was measured until then is returned with the reason.
 */
import type { EnergyMeter, WindowEnergy } from '../profilers/energy-window.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'
import { type IdleBaseline, measureIdle } from './idle-baseline.js'
import { type Latencies, LatencyRecorder } from './latency-recorder.js'
import { loopCost } from './loop-cost.js'
import type { MachineUse } from './machine-use.js'
import type { Progress } from './options.js'
import type { ProtocolPlan } from './protocol-plan.js'
import { type BatchTrace, TracedLatencies } from './run-trace.js'
import { countedWindow, type StopReason, stopReasonOf } from './stop-reason.js'
import { type RunPool, runFor } from './timed-loop.js'
import { type WarmUp, warmUp } from './warm-up.js'
import { beginWindow } from './window-energy.js'
import { WindowTally, wanderingWarning } from './window-tally.js'

/** Everything that a measurement touches. */
export interface ProtocolParts {
  readonly pool: RunPool
  /** Images in a batch. */
  readonly batchSize: number
  readonly clock: Clock
  /** Absent when nothing measures energy. */
  readonly meter?: EnergyMeter
  readonly trace?: BatchTrace
  /** Looks who uses the machine. */
  readonly readUse?: () => MachineUse | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** One window: batches run back to back, and the energy of that time. */
export interface MeasuredWindow {
  /** Since the start of the measurement. */
  readonly startedAt: Seconds
  readonly seconds: Seconds
  readonly batches: number
  /** Time inside the engine. */
  readonly busySeconds: Seconds
  /** Processor time of the whole process. */
  readonly cpuSeconds: number
  /** Absent when nothing measures, or the sensor failed in this window. */
  readonly energy?: WindowEnergy
}

/** All that was measured, complete or not. */
export interface Measurement {
  readonly idleBefore?: IdleBaseline
  readonly idleAfter?: IdleBaseline
  /** Known from elsewhere, W; counts instead of the baselines. */
  readonly idleWatts?: number
  readonly warmUp: WarmUp
  readonly windows: readonly MeasuredWindow[]
  readonly latencies: Latencies
  /** CPU time of the thread that read the sensors during the windows, where the system tells. */
  readonly samplerCpuSeconds?: number
  /** Who used the machine before and after the windows, where the system tells. */
  readonly use?: { readonly before: MachineUse; readonly after: MachineUse }
  /** CPU time of one turn of the loop beside the run; absent when nothing was measured. */
  readonly loopCpuSeconds?: number
  readonly stopReason: StopReason
  /** The error behind `run failed`. */
  readonly failure?: unknown
  readonly warnings: readonly Warning[]
}

/** @returns what was measured; `stopReason` says whether that is all that was asked for */
export async function runProtocol(plan: ProtocolPlan, parts: ProtocolParts): Promise<Measurement> {
  const { pool, clock, signal } = parts
  const start = clock.now()
  const idleBefore = await idle(plan, parts)
  parts.onProgress?.({ phase: 'warmup', done: 0, total: plan.warmUp })
  if (idleBefore !== undefined) parts.trace?.idle('before', idleBefore)
  const warm = signal?.aborted === true ? NOT_WARM : await warmUp(pool, plan.warmUp, clock, signal)
  parts.trace?.warmUp(warm)
  const measured = nothingToMeasure(warm, signal) ?? (await measureWindows(plan, parts, start))
  const isStopped = measured.stopReason === 'interrupted' || measured.stopReason === 'run failed'
  const idleAfter = isStopped ? undefined : await idle(plan, parts)
  if (idleAfter !== undefined) parts.trace?.idle('after', idleAfter)
  return {
    ...measured,
    ...(idleBefore === undefined ? {} : { idleBefore }),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    ...(measured.windows.length === 0 ? {} : { loopCpuSeconds: await loopCost(clock) }),
    warmUp: warm,
    warnings: [
      ...plan.warnings,
      ...(idleBefore?.warnings ?? []),
      ...warm.warnings,
      ...measured.warnings,
      ...(idleAfter?.warnings ?? []),
    ],
  }
}

const NOT_WARM: WarmUp = { seconds: seconds(0), batches: 0, isSteady: false, warnings: [] }

type Windows = Omit<Measurement, 'warmUp' | 'idleBefore' | 'idleAfter'>

async function measureWindows(plan: ProtocolPlan, parts: ProtocolParts, start: Seconds): Promise<Windows> {
  const { trace } = parts
  const tally = new WindowTally(parts, trace === undefined ? new LatencyRecorder() : new TracedLatencies(trace))
  const warnings: Warning[] = []
  const useBefore = parts.readUse?.()
  const samplerBefore = parts.meter?.samplerCpuSeconds()
  for (;;) {
    const { window, failure, warnings: doubts } = await measureWindow(plan, parts, tally, start)
    warnings.push(...doubts)
    if (window.batches > 0) {
      const kept = countedWindow(window, plan, tally.windows)
      tally.add(kept)
      trace?.window(kept)
    }
    report(plan, parts, tally)
    const stopReason = stopReasonOf(plan, parts.signal, tally, failure)
    if (stopReason === undefined) continue
    const { windows, latencies } = tally
    return {
      windows,
      latencies,
      stopReason,
      warnings: [...warnings, ...wanderingWarning(tally)],
      ...(failure === undefined ? {} : { failure }),
      ...samplerCpu(parts.meter, samplerBefore),
      ...useBetween(useBefore, parts.readUse?.()),
    }
  }
}

/** A window, and what went wrong in it. */
export interface WindowResult {
  readonly window: MeasuredWindow
  readonly failure?: unknown
  readonly warnings: readonly Warning[]
}

/** Measures one window and adds its latencies to `tally`; the caller adds the window itself. */
export async function measureWindow(
  plan: ProtocolPlan,
  parts: ProtocolParts,
  tally: WindowTally,
  start: Seconds,
): Promise<WindowResult> {
  const { pool, clock, meter, signal } = parts
  const endWindow = beginWindow(meter)
  const startedAt = clock.now()
  const cpuBefore = clock.cpu()
  const { failure, ...loop } = await runFor(pool, plan.window, clock, tally.latencies, {
    signal,
    onTurn: (elapsed) => {
      parts.trace?.latencies()
      report(plan, parts, tally, elapsed)
    },
  })
  const cpuSeconds = clock.cpu() - cpuBefore
  const { energy, warnings } = await endWindow()
  return {
    window: {
      ...loop,
      startedAt: seconds(startedAt - start),
      cpuSeconds,
      ...(energy === undefined ? {} : { energy }),
    },
    warnings,
    ...(failure === undefined ? {} : { failure }),
  }
}

function samplerCpu(meter: EnergyMeter | undefined, before: number | undefined): { samplerCpuSeconds?: number } {
  const after = meter?.samplerCpuSeconds()
  return before === undefined || after === undefined ? {} : { samplerCpuSeconds: after - before }
}

function useBetween(before: MachineUse | undefined, after: MachineUse | undefined): Pick<Measurement, 'use'> {
  return before === undefined || after === undefined ? {} : { use: { before, after } }
}

/** @returns what there is when the windows cannot begin; `undefined` when they can */
function nothingToMeasure(warm: WarmUp, signal: AbortSignal | undefined): Windows | undefined {
  const nothing = { windows: [], latencies: new LatencyRecorder(2), warnings: [] }
  if ('failure' in warm) return { ...nothing, stopReason: 'run failed', failure: warm.failure }
  return signal?.aborted === true ? { ...nothing, stopReason: 'interrupted' } : undefined
}

/** @returns nothing where the plan has no baseline */
export async function idle(plan: ProtocolPlan, parts: Omit<ProtocolParts, 'pool'>): Promise<IdleBaseline | undefined> {
  if (plan.idle === 0 || parts.signal?.aborted === true) return undefined
  parts.onProgress?.({ phase: 'idle', done: 0, total: plan.idle })
  return measureIdle(plan.idle, parts)
}

/** @param elapsed - seconds of the window that runs */
function report(plan: ProtocolPlan, { onProgress, batchSize }: ProtocolParts, tally: WindowTally, elapsed = 0): void {
  const { running } = tally
  onProgress?.({
    phase: 'inference',
    batchSize,
    done: Math.min(tally.seconds + elapsed, plan.maxDuration),
    total: plan.maxDuration,
    inferences: tally.latencies.count * batchSize,
    ...(running === undefined ? {} : { running }),
  })
}
