/** Charts of several runs beside each other: their ratios to a baseline, and what each takes for one inference. */
import type { ComparisonRecord, InferenceRecord } from '../../core/record.js'
import { distinctions } from '../distinctions.js'
import { formatExact, JOULES, RATIO, SECONDS } from '../quantity.js'
import { type Bar, barChart } from './bar-chart.js'
import type { Chart } from './chart.js'

type Competitor = ComparisonRecord['competitors'][number]

/** @param runs - the records of the competitors, which tell measured energy from modelled */
export function ratioCharts(comparison: ComparisonRecord, runs: readonly InferenceRecord[]): readonly Chart[] {
  const { competitors, baseline } = comparison
  const kindOf = (competitor: Competitor) => runs.find(({ id }) => id === competitor.record)?.energy?.kind ?? 'unknown'
  const barsOf = (
    ratioOf: (competitor: Competitor) => Competitor['timeRatio'],
    kind: (competitor: Competitor) => Bar['kind'],
  ) =>
    competitors.flatMap((competitor): Bar[] => {
      const ratio = ratioOf(competitor)
      if (ratio === undefined) return []
      const figure = { value: ratio.ratio, low: ratio.low, high: ratio.high }
      return [{ name: competitor.name, figure, kind: kind(competitor), cells: [formatExact(ratio.pairs)] }]
    })
  const chart = (what: string, bars: readonly Bar[]) =>
    barChart({
      title: `${what}, by that of ${baseline}`,
      description: `${what} of ${bars.length} competitors as a ratio to ${baseline}, with 95% intervals; below 1 is less.`,
      note: 'below 1 is less',
      quantity: 'ratio',
      unit: RATIO,
      names: 'Competitor',
      columns: ['Pairs'],
      bars,
      reference: 1,
    })
  const charts = [
    chart(
      'Time',
      barsOf(
        ({ timeRatio }) => timeRatio,
        () => 'measured',
      ),
    ),
    chart(
      'Energy',
      barsOf(({ energyRatio }) => energyRatio, kindOf),
    ),
  ]
  return charts.filter((one) => one !== undefined)
}

/** Energy and latency of each run; nothing for a single one. */
export function besideEachOther(runs: readonly InferenceRecord[]): readonly Chart[] {
  if (runs.length < 2) return []
  const engines = new Set(runs.map(({ engine }) => engine.name)).size
  const nameOf = ({ model, batchSize, engine }: InferenceRecord) =>
    `${model.name}, batch ${batchSize}${engines > 1 ? `, ${engine.name}` : ''}`
  const apart = distinctions(runs, nameOf)
  const named = (run: InferenceRecord) => ({ name: nameOf(run), apart: apart.get(run) })
  const energy = runs.flatMap((run): Bar[] =>
    run.energy === undefined
      ? []
      : [
          {
            ...named(run),
            figure: { ...run.energy.perInference, value: run.energy.perInference.joules },
            kind: run.energy.kind,
            cells: [run.energy.kind],
          },
        ],
  )
  const latency = runs.flatMap((run): Bar[] =>
    run.latency === undefined
      ? []
      : [{ ...named(run), figure: { ...run.latency, value: run.latency.mean }, kind: 'measured' }],
  )
  const charts = [
    barChart({
      title: 'Energy per inference',
      description: `Energy of one inference in ${energy.length} runs, with 95% intervals.`,
      note: 'filled: measured; dashed: modelled',
      quantity: 'energy per inference',
      unit: JOULES,
      names: 'Run',
      columns: ['Kind'],
      bars: energy,
    }),
    barChart({
      title: 'Latency of a batch, mean',
      description: `Mean time of one batch in ${latency.length} runs, with 95% intervals.`,
      note: 'measured',
      quantity: 'latency',
      unit: SECONDS,
      names: 'Run',
      bars: latency,
    }),
  ]
  return charts.filter((one) => one !== undefined)
}
