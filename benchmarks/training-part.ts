/** One pass over batches: takes them as they come, hands them to the trainer, and keeps time of both apart. */
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import type { BatchOutcome, LabelledBatch } from '../formats/trainer.js'
import type { WindowEnergy } from '../profilers/energy-window.js'
import { MeasurementError } from '../src/core/errors.js'
import { thinEvenly } from '../src/core/statistics.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'
import type { LatencyRecorder } from './latency-recorder.js'

/** What a pass over batches did. */
export interface PassResult {
  readonly seconds: Seconds
  readonly steps: number
  readonly images: number
  /** Mean over the images. */
  readonly loss: number | undefined
  /** Images whose highest score is their label's. */
  readonly correct: number
  /** In the trainer. */
  readonly busySeconds: number
  /** Waiting for batches, and the CPU time of the process meanwhile. */
  readonly dataSeconds: number
  readonly dataCpuSeconds: number
  readonly cpuSeconds: number
  /** CPU time of the process beside the trainer and the data: what greenbench's own loop takes. */
  readonly ownCpuSeconds: number
  /** Of steps in order, thinned evenly; each stands for `lossEvery`. */
  readonly losses: readonly number[]
  readonly lossEvery: number
  /** False when it was interrupted or failed. */
  readonly isWhole: boolean
  readonly failure?: unknown
}

/** The decoding, or the training or validation of an epoch; `epoch`: both together, for their energy. */
export interface TrainingPart extends PassResult {
  readonly name: 'decoding' | 'training' | 'validation' | 'epoch'
  /** From 1; 0 for the decoding. */
  readonly epoch: number
  /** Since the start of the measurement. */
  readonly startedAt: Seconds
  readonly energy?: WindowEnergy
}

/** What a pass touches beside its batches. */
export interface PassParts {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** Takes the seconds of each step. */
  readonly recorder?: LatencyRecorder
  /** Told after each step. */
  readonly onStep?: (so: Pick<PassResult, 'steps' | 'images' | 'loss' | 'correct' | 'seconds'>) => void
}

/** Seconds after which the event loop gets a turn, so that signals and timers are heard whatever the trainer does. */
const LONGEST_SILENCE = 0.1

/** Losses kept of one epoch at most. */
const MOST_LOSSES = 1000

/** Never throws: what fails ends the pass, with `failure` beside what had been done. */
export async function passOver(
  batches: AsyncIterable<LabelledBatch>,
  take: (batch: LabelledBatch) => Promise<BatchOutcome>,
  parts: PassParts,
): Promise<PassResult> {
  const tally = new PassTally(parts.clock)
  let failure: unknown
  let isWhole = false
  try {
    isWhole = await takeAll(batches, take, parts, tally)
  } catch (cause) {
    failure = cause
  }
  return { ...tally.result(), isWhole, ...(failure === undefined ? {} : { failure }) }
}

/** @returns whether all batches were taken */
async function takeAll(
  batches: AsyncIterable<LabelledBatch>,
  take: (batch: LabelledBatch) => Promise<BatchOutcome>,
  { clock, signal, recorder, onStep }: PassParts,
  tally: PassTally,
): Promise<boolean> {
  const source = batches[Symbol.asyncIterator]()
  let silentUntil = clock.now() + LONGEST_SILENCE
  try {
    for (;;) {
      if (signal?.aborted === true) return false
      const next = await tally.waiting(() => source.next())
      if (next.done === true) return true
      const outcome = await tally.working(() => take(next.value), recorder)
      tally.add(outcome)
      onStep?.(tally.so())
      if (clock.now() > silentUntil) {
        await turnOfTheEventLoop()
        silentUntil = clock.now() + LONGEST_SILENCE
      }
    }
  } finally {
    await source.return?.()
  }
}

/** Adds up one pass. */
class PassTally {
  readonly #clock: Clock
  readonly #start: Seconds
  readonly #cpu: number
  readonly #losses: number[] = []
  #images = 0
  #lossSum = 0
  #correct = 0
  #busy = 0
  #busyCpu = 0
  #data = 0
  #dataCpu = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#start = clock.now()
    this.#cpu = clock.cpu()
  }

  async waiting<T>(next: () => Promise<T>): Promise<T> {
    const [before, cpu] = [this.#clock.now(), this.#clock.cpu()]
    const result = await next()
    this.#data += this.#clock.now() - before
    this.#dataCpu += this.#clock.cpu() - cpu
    return result
  }

  async working<T>(work: () => Promise<T>, recorder: LatencyRecorder | undefined): Promise<T> {
    const [before, cpu] = [this.#clock.now(), this.#clock.cpu()]
    const result = await work()
    const taken = this.#clock.now() - before
    this.#busy += taken
    this.#busyCpu += this.#clock.cpu() - cpu
    recorder?.add(taken)
    return result
  }

  add({ loss, correct, count }: BatchOutcome): void {
    if (!Number.isFinite(loss)) throw notFinite(loss, this.#losses.length + 1)
    this.#losses.push(loss)
    this.#lossSum += loss * count
    this.#images += count
    this.#correct += correct
  }

  so(): Pick<PassResult, 'seconds' | 'steps' | 'images' | 'loss' | 'correct'> {
    return {
      seconds: seconds(this.#clock.now() - this.#start),
      steps: this.#losses.length,
      images: this.#images,
      loss: this.#images === 0 ? undefined : this.#lossSum / this.#images,
      correct: this.#correct,
    }
  }

  result(): Omit<PassResult, 'isWhole' | 'failure'> {
    const { samples, every } = thinEvenly(this.#losses, MOST_LOSSES)
    const cpuSeconds = this.#clock.cpu() - this.#cpu
    return {
      ...this.so(),
      busySeconds: this.#busy,
      dataSeconds: this.#data,
      dataCpuSeconds: this.#dataCpu,
      cpuSeconds,
      ownCpuSeconds: Math.max(0, cpuSeconds - this.#busyCpu - this.#dataCpu),
      losses: samples,
      lossEvery: every,
    }
  }
}

function notFinite(loss: number, step: number): MeasurementError {
  return new MeasurementError('E_LOSS_NAN', `the loss is ${loss} after step ${step} of the epoch`, {
    hint: 'lower --learning-rate, or let it rise with --warmup-epochs; --normalize may not be what the model expects',
  })
}
