/** A record of a training as a run writes it. */
import type { TrainingRecord } from '../../src/core/record.js'
import { sampleInference } from './sample-records.js'

const joules = (value: number) => ({ joules: value, low: value * 0.9, high: value * 1.1 })
const grams = (value: number) => ({ grams: value, low: value * 0.8, high: value * 1.2 })

/** A fresh training of two epochs; change it freely. */
export function sampleTraining(): TrainingRecord {
  const { energy, carbon, latency, throughput, engine, host, ...run } = sampleInference()
  if (energy === undefined || carbon === undefined || latency === undefined || throughput === undefined) {
    throw new Error('the sample of a timed run has all figures')
  }
  const { perInference: _perInference, netPerInference: _net, window: _window, ...shared } = energy
  const part = { seconds: 8, steps: 30, images: 240, loss: 0.7, accuracy: 0.61, data: { seconds: 0.2 } }
  return structuredClone<TrainingRecord>({
    ...{ schemaVersion: run.schemaVersion, id: 'd7c0a3e6-3a4b-4dd5-9c37-0c1b8f9a2e11', startedAt: run.startedAt },
    ...{ completedAt: run.completedAt, complete: true, model: run.model, missing: [], warnings: run.warnings },
    ...{ versions: run.versions, options: {}, engine, host, conditions: {}, seed: 42, batchSize: 8 },
    ...(run.counts === undefined ? {} : { counts: run.counts }),
    kind: 'training',
    settings: {
      ...{
        epochs: 2,
        batchSize: 8,
        accumulate: 1,
        optimizer: 'sgd',
        learningRate: 0.1,
        momentum: 0.9,
        nesterov: false,
      },
      ...{ weightDecay: 0, schedule: 'constant', warmupEpochs: 0, loss: 'cross-entropy', labelSmoothing: 0 },
      ...{ fromScratch: false, augment: ['flip'] },
    },
    data: {
      ...{
        description: '32 x 32 RGB',
        training: 240,
        validation: 60,
        classes: ['cat', 'dog'],
        skipped: [],
        skippedCount: 0,
      },
      isCached: true,
    },
    epochs: [1, 2].map((epoch) => ({
      ...{ epoch, complete: true, startedAt: (epoch - 1) * 10, seconds: 10 },
      ...{ training: { ...part, energy: joules(80) }, validation: { ...part, images: 60, accuracy: 0.5 + epoch / 10 } },
      ...{ energy: joules(100), carbon: grams(0.013), watts: 10 },
    })),
    accuracy: { top1: 0.7, count: 60, of: 'validation' },
    files: {},
    phases: { load: 0.1, decoding: 1, prepare: 0.5, warmup: 0.4, training: 16, validation: 4, idle: 6 },
    latency,
    throughput,
    energy: {
      ...shared,
      gross: joules(210),
      perEpoch: joules(100),
      ...{ perStep: joules(2.7), perImage: joules(0.34), perThousandImages: joules(340) },
      parts: { decoding: joules(10), training: joules(160), validation: joules(40) },
      stopReason: 'epochs done',
    },
    carbon: {
      ...{ perEpoch: grams(0.013), perImage: grams(0.000_04), perThousandImages: grams(0.04), total: grams(0.028) },
      ...{ factor: carbon.factor, pue: 1 },
    },
    samples: {
      ...{ latencySeconds: [0.2, 0.21], latencyEvery: 30 },
      losses: [1, 2].map((epoch) => ({ epoch, every: 10, values: [0.9, 0.7, 0.6] })),
      power: [0, 10].map((startedAt) => ({ startedAt, seconds: 10, watts: 10 })),
    },
  })
}
