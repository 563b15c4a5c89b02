/** All runs beside each other, one a row, with the figures that people look for first. */
import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { type Block, table } from '../document/document.js'
import {
  type Figure,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  JOULES,
  SECONDS,
  type Unit,
} from '../quantity.js'

const HEAD = ['Run', 'Latency, p50', 'Energy per inference', 'Rests on', 'CO2 per inference', 'Top-1']
const TRAINING_HEAD = ['Training', 'Epochs', 'Energy per epoch', 'Rests on', 'CO2 in all', 'Accuracy']

/** @returns nothing for fewer than two */
export const runsTable = (records: readonly ResultRecord[]): readonly Block[] =>
  besideEachOther(
    'All runs',
    HEAD,
    records.flatMap((record) => (record.kind === 'inference' ? [runCells(record)] : [])),
  )

/** @returns nothing for fewer than two */
export const trainingsTable = (records: readonly ResultRecord[]): readonly Block[] =>
  besideEachOther(
    'All trainings',
    TRAINING_HEAD,
    records.flatMap((record) => (record.kind === 'training' ? [trainingCells(record)] : [])),
  )

const besideEachOther = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly Block[] =>
  rows.length < 2
    ? []
    : table({ caption, head, rows, align: ['left', 'right', 'right', 'left', 'right', 'right'], wrapped: 0 })

function runCells({
  model,
  batchSize,
  engine,
  latency,
  energy,
  carbon,
  accuracy,
  complete,
}: InferenceRecord): string[] {
  const { perInference } = energy ?? {}
  return [
    `${model.name}, batch ${batchSize}, ${engine.name}${complete ? '' : ' (incomplete)'}`,
    latency === undefined ? '-' : formatPlain(latency.p50, SECONDS),
    figure(perInference && { ...perInference, value: perInference.joules }, JOULES),
    energy?.kind ?? '-',
    figure(carbon && { ...carbon.perInference, value: carbon.perInference.grams }, GRAMS_CO2E),
    accuracy === undefined ? '-' : formatShare(accuracy.top1),
  ]
}

function trainingCells({ model, batchSize, epochs, energy, carbon, accuracy, complete }: TrainingRecord): string[] {
  const { perEpoch } = energy ?? {}
  return [
    `${model.name}, batch ${batchSize}${complete ? '' : ' (incomplete)'}`,
    String(epochs.filter((epoch) => epoch.complete).length),
    figure(perEpoch && { ...perEpoch, value: perEpoch.joules }, JOULES),
    energy?.kind ?? '-',
    figure(carbon && { ...carbon.total, value: carbon.total.grams }, GRAMS_CO2E),
    accuracy === undefined ? '-' : formatShare(accuracy.top1),
  ]
}

const figure = (value: Figure | undefined, unit: Unit): string =>
  value === undefined ? '-' : formatFigure(value, unit)
