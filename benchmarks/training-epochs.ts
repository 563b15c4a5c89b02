/**
 * The epochs of a training, with a window of energy for each and for its two parts. Knows neither model nor sensor: trainer,
 * data, clock and meter are given to it. It never throws for what happens on the way.
 */
import type { Trainer } from '../formats/trainer.js'
import type { EnergyMeter, WindowEnergy } from '../profilers/energy-window.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'
import type { LatencyRecorder } from './latency-recorder.js'
import type { Progress } from './options.js'
import type { PowerCurve } from './power-curve.js'
import type { TrainingStop } from './training-measurement.js'
import type { TrainingDataset } from './training-options.js'
import { type PassResult, passOver, type TrainingPart } from './training-part.js'
import { beginWindow } from './window-energy.js'

/** Everything that the epochs touch. */
export interface EpochParts {
  readonly trainer: Trainer
  readonly data: TrainingDataset
  /** Number of the first epoch, above 1 after a checkpoint, and of the last. */
  readonly first: number
  readonly last: number
  /** Accuracy at which to stop. */
  readonly target?: number | undefined
  readonly clock: Clock
  /** By the clock. */
  readonly start: Seconds
  readonly meter?: EnergyMeter | undefined
  readonly power: PowerCurve
  readonly recorder: LatencyRecorder
  readonly signal?: AbortSignal | undefined
  /** Told of each part as it ends. */
  onPart(part: TrainingPart): void
  /** Keeps what a whole epoch has come to; a failure ends the training. */
  keep(epoch: number): Promise<void>
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Why the epochs ended. */
export interface EpochsResult {
  readonly stopReason: TrainingStop
  readonly failure?: unknown
  readonly warnings: readonly Warning[]
}

/** Parts are told to `onPart`, in the order in which they end. */
export async function runEpochs(parts: EpochParts): Promise<EpochsResult> {
  const warnings: Warning[] = []
  for (let epoch = parts.first; epoch <= parts.last; epoch++) {
    const { training, validation, warnings: doubts } = await runEpoch(epoch, parts)
    warnings.push(...doubts)
    const failure = training.failure ?? validation?.failure
    if (failure !== undefined) return { stopReason: 'run failed', failure, warnings }
    if (!training.isWhole || validation?.isWhole === false) return { stopReason: 'interrupted', warnings }
    try {
      await parts.keep(epoch)
    } catch (cause) {
      return { stopReason: 'run failed', failure: cause, warnings }
    }
    const { correct, images } = validation ?? training
    if (parts.target !== undefined && correct / images >= parts.target)
      return { stopReason: 'accuracy reached', warnings }
    if (parts.signal?.aborted === true && epoch < parts.last) return { stopReason: 'interrupted', warnings }
  }
  return { stopReason: 'epochs done', warnings }
}

interface EpochResult {
  readonly training: TrainingPart
  readonly validation?: TrainingPart
  readonly warnings: readonly Warning[]
}

async function runEpoch(epoch: number, parts: EpochParts): Promise<EpochResult> {
  const { data, clock, start, meter } = parts
  const warnings: Warning[] = []
  const endEpoch = beginWindow(meter)
  const startedAt = clock.now()
  const training = await runPart({ name: 'training', epoch }, parts, warnings)
  const isValidated = training.isWhole && data.validationCount > 0
  const validation = isValidated ? await runPart({ name: 'validation', epoch }, parts, warnings) : undefined
  const { energy, warnings: doubts } = await endEpoch()
  parts.onPart({
    ...(validation ?? training),
    name: 'epoch',
    epoch,
    startedAt: seconds(startedAt - start),
    seconds: seconds(clock.now() - startedAt),
    isWhole: training.isWhole && validation?.isWhole !== false,
    ...withEnergy(energy),
  })
  const said = [...warnings.filter(({ code }) => code !== 'W_WINDOW_SHORT'), ...doubts].map(inWordsOfTraining)
  return { training, ...(validation === undefined ? {} : { validation }), warnings: said }
}

/** A short window is widened by its edges, which its interval shows; what makes it longer is not an option. */
function inWordsOfTraining(warning: Warning): Warning {
  const longer = 'more images, or a larger model, make epochs longer'
  if (warning.code === 'W_DOMAIN_UNKNOWN') return { ...warning, hint: longer }
  if (warning.code !== 'W_WINDOW_SHORT') return warning
  return { ...warning, hint: `${longer}; the energy of the whole training is surer` }
}

const withEnergy = (energy: WindowEnergy | undefined): Pick<TrainingPart, 'energy'> =>
  energy === undefined ? {} : { energy }

/** A part of an epoch. */
interface PartName {
  readonly name: 'training' | 'validation'
  readonly epoch: number
}

async function runPart(part: PartName, parts: EpochParts, warnings: Warning[]): Promise<TrainingPart> {
  const { clock, start, meter, signal, power, recorder, data, trainer, onPart } = parts
  const isTraining = part.name === 'training'
  const threadsBefore = data.threadSeconds?.() ?? 0
  const endWindow = beginWindow(meter)
  const startedAt = clock.now()
  const result = await passOver(
    isTraining ? data.training(part.epoch) : data.validation(),
    (batch) => (isTraining ? trainer.step(batch) : trainer.evaluate(batch)),
    {
      clock,
      signal,
      ...(isTraining ? { recorder } : {}),
      onStep: (so) => {
        power.tick()
        report(part, so, parts)
      },
    },
  )
  const { energy, warnings: doubts } = await endWindow()
  warnings.push(...doubts)
  // Decoding on other threads goes on beside the steps, and is more than the CPU time of waiting for it.
  const dataCpuSeconds = Math.max(result.dataCpuSeconds, (data.threadSeconds?.() ?? 0) - threadsBefore)
  const measured = { ...part, ...result, dataCpuSeconds, startedAt: seconds(startedAt - start), ...withEnergy(energy) }
  onPart(measured)
  return measured
}

function report(
  { name, epoch }: PartName,
  {
    steps,
    images,
    loss,
    correct,
    seconds: elapsed,
  }: Pick<PassResult, 'steps' | 'images' | 'loss' | 'correct' | 'seconds'>,
  { data, last, power, onProgress }: EpochParts,
): void {
  const { watts, joules } = power
  const count = name === 'training' ? data.trainingCount : data.validationCount
  onProgress?.({
    phase: name,
    epoch,
    epochs: last,
    done: steps,
    total: Math.ceil(count / data.batchSize),
    ...(loss === undefined ? {} : { loss, accuracy: correct / images }),
    ...(elapsed > 0 ? { imagesPerSecond: images / elapsed } : {}),
    ...(watts === undefined ? {} : { watts }),
    ...(joules === undefined ? {} : { joules }),
  })
}
