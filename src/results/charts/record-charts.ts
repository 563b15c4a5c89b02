/** The charts of one record, from its own fields. */
import type { InferenceRecord, InspectionRecord, LayerRecord } from '../../core/record.js'
import { COUNT, formatExact, formatShare } from '../quantity.js'
import { type Bar, barChart } from './bar-chart.js'
import type { Chart } from './chart.js'
import { budgetChart, domainChart } from './energy-charts.js'
import { latencyChart } from './latency-chart.js'
import { powerChart } from './power-chart.js'

/** @returns those that the record has the figures for, in the order in which they are read */
export function inferenceCharts({ samples, latency, energy, layers, counts }: InferenceRecord): readonly Chart[] {
  const charts = [
    energy && powerChart(samples.windows, energy),
    latencyChart(latency, samples, 'batch'),
    energy && domainChart(energy),
    energy && budgetChart({ unit: 'inference', energy: energy.perInference, budget: energy.budget }),
    layerChart(layers, counts?.macs),
  ]
  return charts.filter((chart) => chart !== undefined)
}

/** Most layers that are drawn. */
const TOP_LAYERS = 12

/**
 * @param layers - of an inspection, or the costliest ones of a run; those with most MACs are drawn
 * @param macs - of the whole model; the sum of the layers where it is not given
 */
export function layerChart(layers: readonly LayerRecord[] = [], macs?: number): Chart | undefined {
  const counted = layers.filter((layer) => (layer.macs ?? 0) > 0)
  const total = macs ?? counted.reduce((sum, layer) => sum + (layer.macs ?? 0), 0)
  const top = [...counted].sort((one, other) => (other.macs ?? 0) - (one.macs ?? 0)).slice(0, TOP_LAYERS)
  const share = formatShare(top.reduce((sum, layer) => sum + (layer.macs ?? 0), 0) / total)
  return barChart({
    title: 'Layers with most MACs',
    description: `The ${top.length} layers with most multiply-accumulates, which make up ${share} of all.`,
    note: `counted in the file; these ${top.length} have ${share} of the MACs`,
    quantity: 'MACs',
    unit: COUNT,
    names: 'Layer',
    columns: ['Operator', 'Output', 'Parameters', 'Share of MACs'],
    bars: top.map((layer) => layerBar(layer, total)),
  })
}

const layerBar = ({ name, operator, outputShape = ['?'], parameters, macs = 0 }: LayerRecord, total: number): Bar => ({
  name,
  figure: { value: macs },
  cells: [operator, `[${outputShape.join(', ')}]`, formatExact(parameters), formatShare(macs / total)],
})

/** Operators by their MACs. */
export function operatorChart({ operators }: InspectionRecord): Chart | undefined {
  const counted = operators.filter(({ macs = 0 }) => macs > 0).sort((one, other) => (other.macs ?? 0) - (one.macs ?? 0))
  const total = counted.reduce((sum, { macs = 0 }) => sum + macs, 0)
  return barChart({
    title: 'Operators with most MACs',
    description: `Multiply-accumulates of ${counted.length} operators that have any.`,
    note: 'counted in the file',
    quantity: 'MACs',
    unit: COUNT,
    names: 'Operator',
    columns: ['Uses', 'Parameters', 'Share of MACs'],
    bars: counted.slice(0, TOP_LAYERS).map(({ operator, count, parameters = 0, macs = 0 }) => ({
      name: operator,
      figure: { value: macs },
      cells: [formatExact(count), formatExact(parameters), formatShare(macs / total)],
    })),
  })
}
