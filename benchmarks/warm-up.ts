/** Runs a model until its latency is steady: caches filled, memory claimed, clocks up, code compiled. */
import { median } from 'simple-statistics'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'
import { LatencyRecorder } from './latency-recorder.js'
import { type RunPool, runFor } from './timed-loop.js'

/** What warming up took. */
export interface WarmUp {
  readonly seconds: Seconds
  readonly batches: number
  readonly isSteady: boolean
  readonly warnings: readonly Warning[]
  readonly failure?: unknown
}

/** The time limit is cut into this many blocks, whose median latencies are compared. */
const BLOCKS = 10
/** Medians of neighbouring blocks that differ by less are taken for equal. */
const STEADY_CHANGE = 0.05
/** Equal neighbours in a row that make it steady. */
const STEADY_BLOCKS = 2

/** @param limit - most seconds; one batch always runs */
export async function warmUp(pool: RunPool, limit: Seconds, clock: Clock, signal?: AbortSignal): Promise<WarmUp> {
  const start = clock.now()
  const medians: number[] = []
  let batches = 0
  for (;;) {
    const recorder = new LatencyRecorder(4096)
    const block = await runFor(pool, seconds(limit / BLOCKS), clock, recorder, { signal })
    batches += block.batches
    const elapsed = seconds(clock.now() - start)
    if ('failure' in block) return { seconds: elapsed, batches, isSteady: false, warnings: [], failure: block.failure }
    medians.push(median([...recorder.samples]))
    const steady = isSteady(medians)
    const isAborted = signal?.aborted === true
    if (steady || isAborted || elapsed >= limit) {
      const warnings = steady || isAborted ? [] : [unsteady(elapsed, medians)]
      return { seconds: elapsed, batches, isSteady: steady, warnings }
    }
  }
}

/** @param medians - latencies of blocks in the order they ran */
export function isSteady(medians: readonly number[]): boolean {
  if (medians.length <= STEADY_BLOCKS) return false
  return medians.slice(-STEADY_BLOCKS).every((latency, index) => {
    const before = medians[medians.length - STEADY_BLOCKS + index - 1] ?? Number.NaN
    return Math.abs(latency - before) <= STEADY_CHANGE * before
  })
}

function unsteady(elapsed: Seconds, medians: readonly number[]): Warning {
  const [before, last] = medians.slice(-2)
  const change = last === undefined || before === undefined ? '' : `, last change ${percent(last / before - 1)}`
  return {
    code: 'W_NOT_STEADY',
    message: `latency had not settled after ${elapsed.toFixed(1)} s of warm-up${change}`,
    hint: 'close other programs, or warm up longer (--warmup)',
  }
}

const percent = (share: number): string => `${share < 0 ? '' : '+'}${(share * 100).toFixed(0)}%`
