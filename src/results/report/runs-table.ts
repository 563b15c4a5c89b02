/** All runs beside each other, one a row, with the figures that people look for first. */
import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { distinctions } from '../distinctions.js'
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
import { runNames } from './run-names.js'

const HEAD = ['Run', 'Latency, p50', 'Energy per inference', 'Rests on', 'CO2 per inference', 'Top-1']
const TRAINING_HEAD = ['Training', 'Epochs', 'Energy per epoch', 'Rests on', 'CO2 in all', 'Accuracy']

/** @returns nothing for fewer than two */
export function runsTable(records: readonly ResultRecord[]): readonly Block[] {
  const runs = records.filter((record) => record.kind === 'inference')
  const names = runNames(runs)
  const rows = runs.map((run) => [`${names.get(run)}${incomplete(run)}`, ...runCells(run)])
  return besideEachOther('All runs', HEAD, rows)
}

/** @returns nothing for fewer than two */
export function trainingsTable(records: readonly ResultRecord[]): readonly Block[] {
  const trainings = records.filter((record) => record.kind === 'training')
  const nameOf = ({ model, batchSize }: TrainingRecord) => `${model.name}, batch ${batchSize}`
  const apart = distinctions(trainings, nameOf)
  const rows = trainings.map((training) => [
    `${nameOf(training)}${apart.get(training) ?? ''}${incomplete(training)}`,
    ...trainingCells(training),
  ])
  return besideEachOther('All trainings', TRAINING_HEAD, rows)
}

const incomplete = ({ complete }: ResultRecord): string => (complete ? '' : ' (incomplete)')

const besideEachOther = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly Block[] =>
  rows.length < 2
    ? []
    : table({ caption, head, rows, align: ['left', 'right', 'right', 'left', 'right', 'right'], wrapped: 0 })

function runCells({ latency, energy, carbon, accuracy }: InferenceRecord): string[] {
  const { perInference } = energy ?? {}
  return [
    latency === undefined ? '-' : formatPlain(latency.p50, SECONDS),
    figure(perInference && { ...perInference, value: perInference.joules }, JOULES),
    energy?.kind ?? '-',
    figure(carbon && { ...carbon.perInference, value: carbon.perInference.grams }, GRAMS_CO2E),
    accuracy === undefined ? '-' : formatShare(accuracy.top1),
  ]
}

function trainingCells({ epochs, energy, carbon, accuracy }: TrainingRecord): string[] {
  const { perEpoch } = energy ?? {}
  return [
    String(epochs.filter((epoch) => epoch.complete).length),
    figure(perEpoch && { ...perEpoch, value: perEpoch.joules }, JOULES),
    energy?.kind ?? '-',
    figure(carbon && { ...carbon.total, value: carbon.total.grams }, GRAMS_CO2E),
    accuracy === undefined ? '-' : formatShare(accuracy.top1),
  ]
}

const figure = (value: Figure | undefined, unit: Unit): string =>
  value === undefined ? '-' : formatFigure(value, unit)
