/** The charts of one record, from its own fields. */
import type { InferenceRecord, InspectionRecord, LayerRecord } from '../../core/record.js'
import { COUNT, formatExact, formatPlain, formatShare, JOULES, type Unit } from '../quantity.js'
import { type Bar, barChart } from './bar-chart.js'
import type { Chart } from './chart.js'
import { latencyChart } from './latency-chart.js'
import { powerChart } from './power-chart.js'

/** @returns those that the record has the figures for, in the order in which they are read */
export const inferenceCharts = (record: InferenceRecord): readonly Chart[] =>
  [powerChart(record), latencyChart(record), domainChart(record), budgetChart(record)].filter(
    (chart) => chart !== undefined,
  )

/** Most layers that are drawn. */
const TOP_LAYERS = 12

/** @param layers - of a record or of an inspection; those with most MACs are drawn */
export function layerChart(layers: readonly LayerRecord[] = []): Chart | undefined {
  const counted = layers.filter(({ macs = 0 }) => macs > 0)
  const total = counted.reduce((sum, { macs = 0 }) => sum + macs, 0)
  const top = [...counted].sort((one, other) => (other.macs ?? 0) - (one.macs ?? 0)).slice(0, TOP_LAYERS)
  const share = top.reduce((sum, { macs = 0 }) => sum + macs, 0) / total
  return barChart({
    title: 'Layers with most MACs',
    description: `The ${top.length} layers with most multiply-accumulates, which make up ${formatShare(share)} of all.`,
    note: `counted in the file; ${top.length} of ${formatExact(layers.length)} layers, ${formatShare(share)} of the MACs`,
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

function domainChart({ energy }: InferenceRecord): Chart | undefined {
  if (energy === undefined) return undefined
  const { domains } = energy
  return barChart({
    title: 'Energy by domain',
    description: `Joules that each of ${domains.length} sensors or models gave for all windows; ${domains.filter(({ isCounted }) => isCounted).length} of them are counted.`,
    note: 'filled: measured; dashed: modelled; those in brackets lie inside others and are not added',
    quantity: 'energy of the run',
    unit: JOULES,
    names: 'Domain',
    columns: ['Kind', 'Counted', 'Source'],
    bars: domains.map(({ name, profiler, kind, joules, low, high, isCounted, device, source = '' }) => ({
      name: inBrackets(`${profiler} ${name}${device === undefined ? '' : ` ${device}`}`, !isCounted),
      figure: { value: joules, low, high },
      kind: kind === 'measured' ? 'measured' : 'modelled',
      cells: [kind, isCounted ? 'yes' : 'no', source],
    })),
  })
}

const inBrackets = (text: string, isWanted: boolean): string => (isWanted ? `(${text})` : text)

const PERCENT: Unit = { symbol: '%', prefixes: new Map([[0, '%']]) }

/** What each part of the budget belongs to. */
const BELONGS: Readonly<Record<string, string>> = {
  gross: 'energy',
  net: 'net energy alone',
  carbon: 'CO2 alone',
}

function budgetChart({ energy }: InferenceRecord): Chart | undefined {
  const parts = (energy?.budget ?? []).filter(({ of }) => of !== 'basis')
  const largest = [...parts].sort((one, other) => other.relative - one.relative)
  return barChart({
    title: 'Where the uncertainty comes from',
    description: `Relative half-widths of the 95% intervals by their source; the largest is ${largest[0]?.source ?? 'none'} with ${formatPlain(100 * (largest[0]?.relative ?? 0), PERCENT)}.`,
    note: 'half-widths of the 95% intervals; together: the root of the sum of their squares',
    quantity: 'half-width',
    unit: PERCENT,
    names: 'Source',
    columns: ['Part of the interval of'],
    bars: largest.map(({ source, of = 'gross', relative }) => ({
      name: source,
      figure: { value: 100 * relative },
      cells: [BELONGS[of] ?? of],
    })),
  })
}
