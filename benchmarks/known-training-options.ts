/** The names of the options of a training. */
import type { TrainingOptions } from './training-options.js'

/** All options of `benchmarkTraining`. */
export const TRAINING_OPTION_NAMES: Readonly<Record<keyof TrainingOptions, true>> = {
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
