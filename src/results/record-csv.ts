/** Records as rows: one per batch size of a timed run, one per layer of an inspection. SI units, named in the head line. */
import type { EpochRecord, InferenceRecord, InspectionRecord, LayerRecord, TrainingRecord } from '../core/record.js'
import { type CsvValue, toCsv } from './csv.js'

/** @returns one row per record */
export const inferenceCsv = (records: readonly InferenceRecord[]): string => toCsv(records, INFERENCE_COLUMNS)

/** @returns one row per layer of every record; none for a record without layers */
export const layerCsv = (records: readonly InspectionRecord[]): string =>
  toCsv(
    records.flatMap((record) => (record.layers ?? []).map((layer) => ({ record, layer }))),
    LAYER_COLUMNS,
  )

const INFERENCE_COLUMNS: Readonly<Record<string, (record: InferenceRecord) => CsvValue>> = {
  id: ({ id }) => id,
  started_at: ({ startedAt }) => startedAt,
  complete: ({ complete }) => complete,
  model: ({ model }) => model.name,
  format: ({ model }) => model.format,
  sha256: ({ model }) => model.sha256,
  model_bytes: ({ model }) => model.bytes,
  engine: ({ engine }) => engine.name,
  engine_version: ({ engine }) => engine.version,
  execution_provider: ({ engine }) => engine.executionProvider,
  threads: ({ engine }) => engine.threads,
  batch_size: ({ batchSize }) => batchSize,
  input: ({ input }) => input.kind,
  images: ({ images }) => images?.count,
  images_skipped: ({ images }) => images?.skippedCount,
  parameters: ({ counts }) => counts?.parameters.total,
  parameters_trainable: ({ counts }) => counts?.parameters.trainable,
  macs_per_batch: ({ counts }) => counts?.macs,
  flops_per_batch: ({ counts }) => counts?.flops,
  other_operations_per_batch: ({ counts }) => counts?.otherOperations,
  peak_activation_bytes: ({ counts }) => counts?.peakActivationBytes,
  batches: ({ latency }) => latency?.count,
  latency_mean_s: ({ latency }) => latency?.mean,
  latency_low_s: ({ latency }) => latency?.low,
  latency_high_s: ({ latency }) => latency?.high,
  latency_sd_s: ({ latency }) => latency?.standardDeviation,
  latency_p50_s: ({ latency }) => latency?.p50,
  latency_p90_s: ({ latency }) => latency?.p90,
  latency_p95_s: ({ latency }) => latency?.p95,
  latency_p99_s: ({ latency }) => latency?.p99,
  latency_min_s: ({ latency }) => latency?.min,
  latency_max_s: ({ latency }) => latency?.max,
  images_per_s: ({ throughput }) => throughput?.imagesPerSecond,
  images_per_s_low: ({ throughput }) => throughput?.low,
  images_per_s_high: ({ throughput }) => throughput?.high,
  energy_kind: ({ energy }) => energy?.kind,
  energy_measured_share: ({ energy }) => energy?.measuredShare,
  energy_profilers: ({ energy }) => energy && profilersOf(energy.domains),
  energy_per_inference_j: ({ energy }) => energy?.perInference.joules,
  energy_per_inference_low_j: ({ energy }) => energy?.perInference.low,
  energy_per_inference_high_j: ({ energy }) => energy?.perInference.high,
  energy_net_per_inference_j: ({ energy }) => energy?.netPerInference?.joules,
  energy_net_per_inference_low_j: ({ energy }) => energy?.netPerInference?.low,
  energy_net_per_inference_high_j: ({ energy }) => energy?.netPerInference?.high,
  energy_total_j: ({ energy }) => energy?.gross.joules,
  idle_w: ({ energy }) => energy?.idle?.watts,
  energy_idle_j: ({ energy }) => energy?.attribution?.joules.idle,
  energy_process_j: ({ energy }) => energy?.attribution?.joules.process,
  energy_process_low_j: ({ energy }) => energy?.attribution?.intervals?.process.low,
  energy_process_high_j: ({ energy }) => energy?.attribution?.intervals?.process.high,
  energy_others_j: ({ energy }) => energy?.attribution?.joules.others,
  energy_others_low_j: ({ energy }) => energy?.attribution?.intervals?.others.low,
  energy_others_high_j: ({ energy }) => energy?.attribution?.intervals?.others.high,
  energy_unattributed_j: ({ energy }) => energy?.attribution?.joules.unattributed,
  energy_unattributed_low_j: ({ energy }) => energy?.attribution?.intervals?.unattributed.low,
  energy_unattributed_high_j: ({ energy }) => energy?.attribution?.intervals?.unattributed.high,
  sensor_readings: ({ energy }) => energy?.sampling && sumOf(energy.sampling, ({ readings }) => readings),
  sensor_readings_missed: ({ energy }) =>
    energy?.sampling && sumOf(energy.sampling, ({ missed, lost }) => missed + lost),
  sensor_readings_failed: ({ energy }) => energy?.sampling && sumOf(energy.sampling, ({ failed }) => failed),
  co2e_per_inference_g: ({ carbon }) => carbon?.perInference.grams,
  co2e_per_inference_low_g: ({ carbon }) => carbon?.perInference.low,
  co2e_per_inference_high_g: ({ carbon }) => carbon?.perInference.high,
  co2e_total_g: ({ carbon }) => carbon?.total.grams,
  carbon_intensity_g_per_kwh: ({ carbon }) => carbon?.factor.gramsPerKwh,
  carbon_zone: ({ carbon }) => carbon?.factor.zone,
  pue: ({ carbon }) => carbon?.pue,
  accuracy_top1: ({ accuracy }) => accuracy?.top1,
  accuracy_top5: ({ accuracy }) => accuracy?.top5,
  warnings: ({ warnings }) => warnings.map(({ code }) => code).join(' '),
}

const sumOf = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + pick(item), 0)

const profilersOf = (domains: readonly { profiler: string; isCounted: boolean }[]): string =>
  [...new Set(domains.filter(({ isCounted }) => isCounted).map(({ profiler }) => profiler))].join(' ')

/** @returns one row per epoch of every record */
export const trainingCsv = (records: readonly TrainingRecord[]): string =>
  toCsv(
    records.flatMap((record) => record.epochs.map((epoch) => ({ record, epoch }))),
    EPOCH_COLUMNS,
  )

interface EpochRow {
  readonly record: TrainingRecord
  readonly epoch: EpochRecord
}

const EPOCH_COLUMNS: Readonly<Record<string, (row: EpochRow) => CsvValue>> = {
  id: ({ record }) => record.id,
  started_at: ({ record }) => record.startedAt,
  model: ({ record }) => record.model.name,
  engine: ({ record }) => record.engine.name,
  engine_version: ({ record }) => record.engine.version,
  batch_size: ({ record }) => record.batchSize,
  optimizer: ({ record }) => record.settings.optimizer,
  learning_rate: ({ record }) => record.settings.learningRate,
  seed: ({ record }) => record.seed,
  epoch: ({ epoch }) => epoch.epoch,
  complete: ({ epoch }) => epoch.complete,
  loss: ({ epoch }) => epoch.training.loss,
  accuracy: ({ epoch }) => epoch.training.accuracy,
  validation_loss: ({ epoch }) => epoch.validation?.loss,
  validation_accuracy: ({ epoch }) => epoch.validation?.accuracy,
  seconds: ({ epoch }) => epoch.seconds,
  training_s: ({ epoch }) => epoch.training.seconds,
  validation_s: ({ epoch }) => epoch.validation?.seconds,
  data_s: ({ epoch }) => epoch.training.data.seconds,
  steps: ({ epoch }) => epoch.training.steps,
  images: ({ epoch }) => epoch.training.images,
  images_per_s: ({ epoch }) => epoch.training.imagesPerSecond,
  energy_kind: ({ record }) => record.energy?.kind,
  energy_j: ({ epoch }) => epoch.energy?.joules,
  energy_low_j: ({ epoch }) => epoch.energy?.low,
  energy_high_j: ({ epoch }) => epoch.energy?.high,
  energy_training_j: ({ epoch }) => epoch.training.energy?.joules,
  energy_validation_j: ({ epoch }) => epoch.validation?.energy?.joules,
  energy_data_j: ({ epoch }) => epoch.training.data.joules,
  power_w: ({ epoch }) => epoch.watts,
  co2e_g: ({ epoch }) => epoch.carbon?.grams,
  co2e_low_g: ({ epoch }) => epoch.carbon?.low,
  co2e_high_g: ({ epoch }) => epoch.carbon?.high,
  cost: ({ epoch }) => epoch.cost,
  carbon_intensity_g_per_kwh: ({ record }) => record.carbon?.factor.gramsPerKwh,
  carbon_zone: ({ record }) => record.carbon?.factor.zone,
  pue: ({ record }) => record.carbon?.pue,
}

interface LayerRow {
  readonly record: InspectionRecord
  readonly layer: LayerRecord
}

const LAYER_COLUMNS: Readonly<Record<string, (row: LayerRow) => CsvValue>> = {
  model: ({ record }) => record.model.name,
  batch_size: ({ record }) => record.counts?.batchSize,
  layer: ({ layer }) => layer.name,
  operator: ({ layer }) => layer.operator,
  output_shape: ({ layer }) => layer.outputShape?.join('x'),
  parameters: ({ layer }) => layer.parameters,
  macs: ({ layer }) => layer.macs,
  flops: ({ layer }) => (layer.macs === undefined ? undefined : 2 * layer.macs),
  other_operations: ({ layer }) => layer.otherOperations,
  activation_bytes: ({ layer }) => layer.activationBytes,
  runs: ({ layer }) => layer.runs,
}
