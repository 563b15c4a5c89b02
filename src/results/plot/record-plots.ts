/** `--plot`: what a record looks like, for a quick look in a terminal. */
import type { InferenceRecord, InspectionRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { COUNT, formatShare, JOULES, SECONDS, WATTS } from '../quantity.js'
import { columnChart } from './column-chart.js'
import { histogram } from './histogram.js'
import { type IntervalBar, intervalBars } from './interval-bars.js'
import type { PlotView } from './plot-view.js'

/** Bars before the rest is summed up. */
const MOST_LAYERS = 20

/** @returns charts below each other, an empty line between them; a line where there is nothing to draw */
export function recordPlots(records: readonly ResultRecord[], view: PlotView): string {
  const single = records.flatMap((record) => (record.kind === 'comparison' ? record.records : [record]))
  const runs = single.filter((record) => record.kind === 'inference')
  const charts = [
    ...(runs.length < 2 ? [] : [runBars(runs, view)]),
    ...single.flatMap((record) => plotsOf(record, view)),
  ]
  const drawn = charts.filter((chart) => chart !== '')
  return drawn.length === 0 ? 'nothing to plot: no energy, no latencies, no layers\n' : drawn.join('\n')
}

function plotsOf(record: Exclude<ResultRecord, { readonly kind: 'comparison' }>, view: PlotView): readonly string[] {
  if (record.kind === 'inference') return inferencePlots(record, view)
  return record.kind === 'training' ? trainingPlots(record, view) : [layerBars(record, view)]
}

function inferencePlots(record: InferenceRecord, view: PlotView): readonly string[] {
  const { model, batchSize, samples, energy } = record
  const of = `${model.name}, batch ${batchSize}`
  const power = samples.windows.flatMap(({ startedAt, seconds, joules }) =>
    joules === undefined || seconds === 0 ? [] : [{ startedAt, seconds, value: Math.max(0, joules / seconds) }],
  )
  return [
    columnChart(`power, ${energy?.kind ?? ''}: ${of}`, power, WATTS, view),
    samples.latencySeconds.length === 0
      ? ''
      : histogram(`batches by latency: ${of}`, samples.latencySeconds, samples.latencyEvery, SECONDS, view),
    intervalBars(`energy of the run: ${of}`, domainBars(record), JOULES, view),
  ]
}

function trainingPlots(record: TrainingRecord, view: PlotView): readonly string[] {
  const { model, samples, epochs, energy } = record
  const power = samples.power.map(({ startedAt, seconds, watts }) => ({
    startedAt,
    seconds,
    value: Math.max(0, watts),
  }))
  const epochBars = epochs.map(({ epoch, energy: used, training, validation }): IntervalBar => {
    const accuracy = validation?.accuracy ?? training.accuracy
    return {
      label: `epoch ${epoch}`,
      figure: used && { ...used, value: used.joules },
      remark: accuracy === undefined ? undefined : `accuracy ${formatShare(accuracy)}`,
    }
  })
  return [
    columnChart(`power, ${energy?.kind ?? ''}: ${model.name}`, power, WATTS, view),
    intervalBars(`energy of epochs: ${model.name}`, epochBars, JOULES, view),
    intervalBars(`energy of the training: ${model.name}`, domainBars(record), JOULES, view),
  ]
}

const domainBars = ({ energy }: InferenceRecord | TrainingRecord): readonly IntervalBar[] =>
  (energy?.domains ?? []).map(({ name, profiler, kind, joules, low, high, isCounted }) => ({
    label: `${profiler} ${name}`,
    figure: { value: joules, low, high },
    remark: isCounted ? kind : `${kind}, not counted`,
  }))

const runBars = (runs: readonly InferenceRecord[], view: PlotView): string =>
  intervalBars(
    'energy per inference',
    runs.map(({ model, batchSize, engine, energy }) => ({
      label: `${model.name}, batch ${batchSize}, ${engine.name}`,
      figure: energy && { ...energy.perInference, value: energy.perInference.joules },
      remark: energy?.kind,
    })),
    JOULES,
    view,
  )

/** The layers with the most MACs. */
function layerBars({ model, layers = [] }: InspectionRecord, view: PlotView): string {
  const sorted = layers.filter(({ macs = 0 }) => macs > 0).sort((one, other) => (other.macs ?? 0) - (one.macs ?? 0))
  const sum = (of: typeof sorted): number => of.reduce((all, { macs = 0 }) => all + macs, 0)
  const total = sum(sorted)
  const bar = (label: string, macs: number): IntervalBar => ({
    label,
    figure: { value: macs },
    remark: formatShare(macs / total),
  })
  const [shown, rest] = [sorted.slice(0, MOST_LAYERS), sorted.slice(MOST_LAYERS)]
  const bars = shown.map(({ name, operator, macs = 0 }) => bar(name === '' ? operator : name, macs))
  const others = rest.length === 0 ? [] : [bar(`${rest.length} others`, sum(rest))]
  return intervalBars(`MACs by layer: ${model.name}`, [...bars, ...others], COUNT, view)
}
