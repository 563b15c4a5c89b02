/** Records as a run writes them, for tests of what reads, checks and prints records. */
import type { InferenceRecord, InspectionRecord } from '../../src/core/record.js'
import { SCHEMA_VERSION } from '../../src/core/schema-version.js'

const model: InspectionRecord['model'] = {
  name: 'resnet18',
  format: 'onnx',
  bytes: 46_800_000,
  inputs: [{ name: 'data', dtype: 'float32', shape: ['N', 3, 224, 224] }],
  outputs: [{ name: 'resnetv15_dense0_fwd', dtype: 'float32', shape: ['N', 1000] }],
  opset: { '': 8 },
  producer: 'mxnet',
}

const counts: InspectionRecord['counts'] = {
  parameters: { total: 11_699_112, trainable: 11_689_512, nonTrainable: 9_600, bytes: 46_796_448 },
  macs: 1_814_073_344,
  flops: 3_628_146_688,
  otherOperations: 12_345_678,
  peakActivationBytes: 6_422_528,
  arithmeticIntensity: 31.4,
  batchSize: 1,
  unknownOperators: [{ operator: 'com.example.Custom', count: 2 }],
  assumptions: ['Loop loop1 runs once'],
}

const head = {
  schemaVersion: SCHEMA_VERSION,
  id: '0d5b4b2e-7a34-4ef1-8ad1-5a3a6a1b9d0f',
  startedAt: '2025-03-01T10:00:00.000Z',
  completedAt: '2025-03-01T10:01:00.000Z',
  complete: true,
  model,
  counts,
  missing: [],
  warnings: [],
  versions: { greenbench: '0.1.0', node: '20.19.0' },
  options: {},
} as const

/** A fresh inspection of a classifier; change it freely. */
export function sampleInspection(): InspectionRecord {
  return structuredClone<InspectionRecord>({
    ...head,
    missing: [],
    warnings: [],
    kind: 'inspection',
    operators: [
      { operator: 'Conv', count: 20, macs: 1_813_561_344, otherOperations: 0, parameters: 11_166_912 },
      { operator: 'Gemm', count: 1, macs: 512_000, otherOperations: 1_000, parameters: 513_000 },
      { operator: 'Relu', count: 17, macs: 0, otherOperations: 2_308_096 },
      { operator: 'com.example.Custom', count: 2 },
    ],
    layers: [
      {
        name: 'resnetv15_conv0_fwd',
        operator: 'Conv',
        outputShape: [1, 64, 112, 112],
        parameters: 9_408,
        macs: 118_013_952,
        otherOperations: 0,
        activationBytes: 3_211_264,
        runs: 1,
      },
      { name: 'resnetv15_dense0_fwd', operator: 'Gemm', outputShape: [1, 1000], parameters: 513_000, macs: 512_000 },
      { name: 'custom0', operator: 'com.example.Custom', parameters: 0 },
    ],
  })
}

/** A fresh timed run with every field filled in; change it freely. */
export function sampleInference(): InferenceRecord {
  return structuredClone<InferenceRecord>({
    ...head,
    missing: [],
    warnings: [
      {
        code: 'W_BACKGROUND_LOAD',
        message: 'other processes used 23% of the CPU',
        hint: 'stop other programs and run again',
      },
    ],
    kind: 'inference',
    engine: { name: 'onnxruntime', version: '1.30.0', executionProvider: 'cpu', threads: 2, options: {} },
    batchSize: 1,
    input: { kind: 'images', description: 'NCHW RGB 224x224, shortest-crop, imagenet' },
    images: {
      count: 120,
      skipped: [{ name: 'dog/broken.jpg', reason: 'Input buffer has corrupt header' }],
      skippedCount: 1,
      classes: 10,
      decodedPerSecond: 163.2,
    },
    accuracy: { top1: 0.7333, top5: 0.925, count: 120 },
    phases: { load: 0.12, prepare: 0.03, preprocess: 0.7, warmup: 1.2, inference: 30.1, postprocess: 0.002, idle: 10 },
    latency: {
      count: 1200,
      mean: 0.023_61,
      standardDeviation: 0.0011,
      p50: 0.023_4,
      p90: 0.0248,
      p95: 0.0255,
      p99: 0.0281,
      min: 0.0221,
      max: 0.0412,
      low: 0.023_55,
      high: 0.023_67,
    },
    throughput: { imagesPerSecond: 42.35, low: 42.25, high: 42.46 },
    energy: {
      kind: 'measured',
      measuredShare: 1,
      gross: { joules: 735, low: 721, high: 749 },
      net: { joules: 502, low: 480, high: 524 },
      perInference: { joules: 0.612_34, low: 0.6, high: 0.6246 },
      netPerInference: { joules: 0.418, low: 0.4, high: 0.436 },
      domains: [
        { name: 'package-0', profiler: 'rapl', kind: 'measured', joules: 700, low: 690, high: 710, isCounted: true },
        { name: 'dram', profiler: 'rapl', kind: 'measured', joules: 35, low: 34, high: 36, isCounted: true },
        { name: 'core', profiler: 'rapl', kind: 'measured', joules: 600, low: 590, high: 610, isCounted: false },
      ],
      idle: { watts: 7.7, before: 7.6, after: 7.8, seconds: 10 },
      budget: [{ source: 'spread of windows', relative: 0.018 }],
      window: { seconds: 5, count: 6, inferences: 1200 },
      stopReason: 'target interval reached',
    },
    carbon: {
      perInference: { grams: 0.000_081_6, low: 0.000_07, high: 0.000_093 },
      total: { grams: 0.098, low: 0.084, high: 0.112 },
      factor: {
        gramsPerKwh: 480,
        zone: 'WORLD',
        zoneName: 'World',
        source: 'Ember',
        year: 2023,
        basis: 'average, lifecycle',
        low: 413,
        high: 547,
      },
      pue: 1,
    },
    own: { cpuSeconds: 0.4, joules: 3.2, share: 0.004 },
    conditions: {},
    host: { cpu: 'Example CPU', memoryBytes: 16e9 },
    seed: 42,
    samples: {
      latencySeconds: [0.0234, 0.0236],
      latencyEvery: 600,
      windows: [{ startedAt: 1.5, seconds: 5, inferences: 200, joules: 122, low: 120, high: 124 }],
    },
  })
}

/** The same record with other joules of one inference, and with all of its joules to match. */
export function withPerInference(
  record: InferenceRecord,
  perInference: { readonly joules: number; readonly low: number; readonly high: number },
): InferenceRecord {
  const { energy } = record
  if (energy === undefined) throw new Error('the sample has energy')
  const all = (joules: number): number => joules * energy.window.inferences
  const { joules, low, high } = perInference
  const gross = { joules: all(joules), low: all(low), high: all(high) }
  return { ...record, energy: { ...energy, perInference: { ...perInference }, gross } }
}
