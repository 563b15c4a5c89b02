/** The charts of a training: what it learnt, what each epoch took, and its power. */
import type { EpochRecord, TrainingRecord } from '../../core/record.js'
import { formatPlain, formatShare, JOULES, RATIO } from '../quantity.js'
import type { Chart } from './chart.js'
import { budgetChart, domainChart, type Explained } from './energy-charts.js'
import { latencyChart } from './latency-chart.js'
import { type Line, lineChart } from './line-chart.js'
import { PERCENT } from './percent.js'
import { powerChart } from './power-chart.js'

/** @returns those that the record has the figures for */
export function trainingCharts(record: TrainingRecord): readonly Chart[] {
  const { epochs, energy, samples, latency } = record
  const power = samples.power.map(({ startedAt, seconds, watts }) => ({ startedAt, seconds, joules: watts * seconds }))
  const charts = [
    lossChart(epochs),
    accuracyChart(epochs),
    energyChart(record),
    energy && powerChart(power, energy),
    latencyChart(latency, samples, 'step'),
    energy && domainChart(energy),
    energy && budgetChart(explainedOf(energy)),
  ]
  return charts.filter((chart) => chart !== undefined)
}

/** An epoch, or an image where no epoch came to its end. */
const explainedOf = ({ perEpoch, perImage, budget }: NonNullable<TrainingRecord['energy']>): Explained =>
  perEpoch === undefined ? { unit: 'image', energy: perImage, budget } : { unit: 'epoch', energy: perEpoch, budget }

const stepsOf = (epochs: readonly EpochRecord[]) => ({ step: 'epoch', steps: epochs.map(({ epoch }) => epoch) })

/** Training and, where there is one, validation. */
function bothLines(epochs: readonly EpochRecord[], of: 'loss' | 'accuracy', factor: number): readonly Line[] {
  const figure = (value: number | undefined) => (value === undefined ? undefined : { value: value * factor })
  return [
    { name: 'training', figures: epochs.map(({ training }) => figure(training[of])) },
    { name: 'validation', figures: epochs.map(({ validation }) => figure(validation?.[of])) },
  ]
}

function lossChart(epochs: readonly EpochRecord[]): Chart | undefined {
  const known = epochs.flatMap(({ training }) => training.loss ?? [])
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return lineChart({
    title: 'Loss',
    description: `Mean loss of ${epochs.length} epochs, measured: from ${formatPlain(first, RATIO)} to ${formatPlain(last, RATIO)} on the training images.`,
    ...stepsOf(epochs),
    quantity: 'loss',
    unit: RATIO,
    lines: bothLines(epochs, 'loss', 1),
  })
}

function accuracyChart(epochs: readonly EpochRecord[]): Chart | undefined {
  const last = epochs.at(-1)
  const reached = last?.validation?.accuracy ?? last?.training.accuracy
  return lineChart({
    title: 'Accuracy',
    description: `Accuracy of ${epochs.length} epochs, measured${reached === undefined ? '' : `; ${formatShare(reached)} after the last`}.`,
    ...stepsOf(epochs),
    quantity: 'accuracy',
    unit: PERCENT,
    most: 100,
    lines: bothLines(epochs, 'accuracy', 100),
  })
}

function energyChart({ epochs, energy }: TrainingRecord): Chart | undefined {
  if (energy === undefined) return undefined
  const mean = energy.perEpoch === undefined ? '' : `, ${formatPlain(energy.perEpoch.joules, JOULES)} on average`
  return lineChart({
    title: 'Energy per epoch',
    description: `Joules of ${epochs.length} epochs with their validation, ${energy.kind}${mean}.`,
    note: `${energy.kind}, with 95% intervals`,
    ...stepsOf(epochs),
    quantity: 'energy',
    unit: JOULES,
    isFromZero: true,
    lines: [
      {
        name: 'energy',
        kind: energy.kind,
        figures: epochs.map((epoch) => epoch.energy && { ...epoch.energy, value: epoch.energy.joules }),
      },
    ],
  })
}
