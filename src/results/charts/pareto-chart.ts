/** Accuracy against energy, with the line of those that none beats in both. */
import { formatFigure, formatShare, JOULES } from '../quantity.js'
import { scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { chartLabel, forPicture } from './chart-label.js'
import { INK, PAGE, SERIES } from './palette.js'
import { thinned } from './thinned.js'
import { whiskers } from './whiskers.js'

/** One model. */
export interface ParetoPoint {
  readonly name: string
  /** J of one inference, above 0. */
  readonly energy: { readonly joules: number; readonly low: number; readonly high: number }
  /** 0 to 1. */
  readonly accuracy: { readonly top1: number; readonly low: number; readonly high: number }
  readonly place: 'front' | 'tied' | 'dominated' | undefined
}

/** More points make a cloud in which none can be told apart. */
const MOST_POINTS = 1500
/** More whiskers hide the points. */
const MOST_WHISKERS = 40
/** More names hide each other. */
const MOST_NAMES = 12
const HEIGHT = 320

/** @returns nothing for fewer than two models, which need no picture */
export function paretoChart(points: readonly ParetoPoint[]): Chart | undefined {
  const drawable = points.filter(({ energy }) => energy.joules > 0)
  if (drawable.length < 2) return undefined
  const front = drawable
    .filter(({ place }) => place === 'front')
    .sort((one, other) => one.energy.joules - other.energy.joules)
  const others = drawable.filter(({ place }) => place !== 'front')
  const shown = [...front, ...thinned(others, Math.max(2, MOST_POINTS - front.length))]
  const names = front
    .map(({ name }) => chartLabel(name, 40))
    .slice(0, 5)
    .join(', ')
  return {
    title: 'Accuracy against energy',
    description: `${drawable.length} models by accuracy and energy of one inference; ${front.length} of them are on the Pareto front${names === '' ? '' : `: ${names}${front.length > 5 ? ' and more' : ''}`}.`,
    note: `filled points: Pareto front; rings with a dark edge: behind it by less than the intervals${shown.length < drawable.length ? `; ${shown.length} of ${drawable.length} models drawn` : ''}`,
    height: HEIGHT,
    option: optionOf(shown, front),
    data: {
      caption: 'The Pareto front of accuracy against energy',
      head: ['Model', 'Energy per inference', 'Accuracy, top-1'],
      rows: front.map(({ name, energy, accuracy }) => ({
        cells: [name, formatFigure({ ...energy, value: energy.joules }, JOULES), formatShare(accuracy.top1)],
      })),
      numbers: [1, 2],
    },
  }
}

function optionOf(points: readonly ParetoPoint[], front: readonly ParetoPoint[]) {
  const sizes = points.map(({ energy }) => energy.joules)
  const hasWhiskers = points.length <= MOST_WHISKERS
  // Whole intervals stay in the picture; one that reaches 0 or below ends at the edge of a logarithmic axis.
  const bounds = hasWhiskers ? points.flatMap(({ energy }) => [energy.low, energy.high].filter((it) => it > 0)) : []
  const [least, most] = [Math.min(...sizes, ...bounds), Math.max(...sizes, ...bounds)]
  const isWide = most / least > 8
  // On a logarithmic axis the prefix of the smallest suits more of the axis.
  const scale = scaleOf(isWide ? Math.sqrt(least * most) : most, JOULES)
  const edges = logBounds(least / scale.factor, most / scale.factor)
  const at = ({ energy, accuracy }: ParetoPoint): [number, number] => [
    energy.joules / scale.factor,
    100 * accuracy.top1,
  ]
  const quiet = { silent: true, z: 4 }
  const axis = valueAxis(`energy per inference, ${scale.symbol}`, { nameGap: 28, scale: true })
  return {
    grid: { left: 56, right: 24, top: 14, bottom: 48 },
    xAxis: isWide ? { ...axis, type: 'log', ...edges } : axis,
    yAxis: valueAxis('accuracy, top-1, %', {
      nameGap: 38,
      scale: true,
      // Room for the names below the points.
      min: ({ min }: { min: number }) => Math.max(0, 5 * Math.floor((min - 3) / 5)),
      max: ({ max }: { max: number }) => Math.min(100, 5 * Math.ceil((max + 1) / 5)),
    }),
    series: [
      ...(hasWhiskers ? bothWhiskers(points, scale.factor, isWide ? edges.min : Number.NEGATIVE_INFINITY) : []),
      {
        type: 'scatter',
        ...quiet,
        symbolSize: 7,
        data: points
          .filter(({ place }) => place !== 'front')
          .map((point) => ({ value: at(point), itemStyle: ringOf(point) })),
      },
      {
        type: 'line',
        ...quiet,
        step: 'end',
        symbol: 'none',
        data: front.map(at),
        lineStyle: { color: SERIES.blue, width: 1.8 },
      },
      {
        type: 'scatter',
        ...quiet,
        symbolSize: 9,
        itemStyle: { color: SERIES.blue },
        label: {
          show: true,
          position: 'bottom',
          distance: 6,
          color: INK,
          fontSize: 11,
          formatter: ({ name }: { name: string }) => name,
        },
        labelLayout: { hideOverlap: true },
        data: front.map((point, index) => ({
          name: index < MOST_NAMES ? forPicture(chartLabel(point.name, 20)) : '',
          value: at(point),
        })),
      },
    ],
  }
}

/** Whole powers of ten would leave most of the picture empty: from 1, 2 or 5 times one of them to another. */
const logBounds = (least: number, most: number) => ({
  min: evenBelow(least * 0.9),
  max: 1 / evenBelow(1 / (most * 1.1)),
})

function evenBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([5, 2, 1].find((step) => step * power <= value * (1 + 1e-9)) ?? 1)
}

const ringOf = ({ place }: ParetoPoint) =>
  place === 'tied'
    ? { color: PAGE, borderColor: SERIES.blue, borderWidth: 2 }
    : { color: PAGE, borderColor: SERIES.grey, borderWidth: 1.2 }

function bothWhiskers(points: readonly ParetoPoint[], factor: number, lowest: number) {
  const looks = { color: SERIES.grey, z: 2 }
  const across = points.map(
    ({ energy, accuracy }) =>
      [Math.max(energy.low / factor, lowest), energy.high / factor, 100 * accuracy.top1] as const,
  )
  const upright = points.map(
    ({ energy, accuracy }) => [100 * accuracy.low, 100 * accuracy.high, energy.joules / factor] as const,
  )
  return [whiskers(across, 'across', looks), whiskers(upright, 'upright', looks)]
}
