/** The names of the options of a training, so that one that was mistyped is not passed over in silence. */
import { closestNames } from '../src/core/closest-names.js'
import { UsageError } from '../src/core/errors.js'
import type { TrainingOptions } from './training-options.js'

/** The compiler finds what is missing here. */
const KNOWN: Readonly<Record<keyof TrainingOptions, true>> = {
  ...{ address: true, cloud: true, country: true, latitude: true, longitude: true, zone: true },
  ...{ accumulate: true, augment: true, batchSize: true, cacheBytes: true, carbonIntensity: true, channelOrder: true },
  ...{ checkpoint: true, classes: true, cpuTdp: true, embodied: true, epochs: true, formats: true, fromScratch: true },
  ...{ gpus: true, idleDuration: true, inputShapes: true, labels: true, labelSmoothing: true, layout: true },
  ...{ learningRate: true, limit: true, live: true, loadDuration: true, loss: true, momentum: true, nesterov: true },
  ...{ normalize: true, note: true, onEpoch: true, onProgress: true, optimizer: true, powerLog: true, price: true },
  ...{ profilerRegistry: true, profilers: true, pue: true, resize: true, resume: true, samplingInterval: true },
  ...{ save: true, schedule: true, seed: true, sensorRoot: true, signal: true, socialCost: true, strict: true },
  ...{ threads: true, trace: true, untilAccuracy: true, validation: true, validationSplit: true, warmupEpochs: true },
  ...{ warmupSteps: true, weightDecay: true, wue: true },
}

/** @throws {UsageError} `E_TRAINING` for an option that there is not */
export function refuseUnknownOptions(options: TrainingOptions): void {
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !Object.hasOwn(KNOWN, name))
  if (unknown === undefined) return
  const [meant] = closestNames(unknown[0], Object.keys(KNOWN))
  throw new UsageError('E_TRAINING', `a training has no option ${unknown[0].slice(0, 40)}`, {
    hint: meant === undefined ? 'docs/training.md lists them' : `did you mean ${meant}?`,
  })
}
