/** Power while a run was measured: the mean of each window, its interval, and the idle machine below it. */
import type { EnergyRecord } from '../../core/record.js'
import { isIdleGiven } from '../inference-quantities.js'
import { formatPlain, SECONDS, WATTS } from '../quantity.js'
import { largestOf, scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { lineLooksOf, MUTED } from './palette.js'
import { MOST_ROWS, thinned } from './thinned.js'

/** Mean power of one window, W. */
interface WindowPower {
  readonly from: number
  readonly to: number
  readonly watts: number
  readonly low: number | undefined
  readonly high: number | undefined
}

/** More steps than this cannot be told apart in the picture. */
const MOST_STEPS = 400
const HEIGHT = 230

/** Seconds since the start of the measurement, and joules with their interval where they are known. */
export interface EnergyWindow {
  readonly startedAt: number
  readonly seconds: number
  readonly joules?: number | undefined
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** @returns nothing where no window has its joules */
export function powerChart(
  samples: readonly EnergyWindow[],
  energy: Pick<EnergyRecord, 'kind' | 'idle'>,
): Chart | undefined {
  const windows = samples.flatMap(powerOf)
  if (windows.length === 0) return undefined
  const idle = energy.idle?.watts
  const mean = windows.reduce((sum, { watts }) => sum + watts, 0) / windows.length
  const range = [...windows.map(({ watts }) => watts)].sort((one, other) => one - other)
  const [least = mean, most = mean] = [range[0], range.at(-1)]
  return {
    title: 'Power over time',
    description: `Mean power of ${windows.length} windows, ${energy.kind}: from ${formatPlain(least, WATTS)} to ${formatPlain(most, WATTS)}${idle === undefined ? '' : `; idle machine ${formatPlain(idle, WATTS)}`}.`,
    note: `${energy.kind}, mean of each window${windows.some(({ low }) => low !== undefined) ? ' with its interval' : ''}${idle === undefined ? '' : `; the line below is the idle machine${isIdleGiven(energy) ? ', as given' : ''}`}`,
    height: HEIGHT,
    option: optionOf(thinned(windows, MOST_STEPS), energy.kind, idle),
    data: tableOf(windows),
  }
}

function powerOf({ startedAt, seconds, joules, low, high }: EnergyWindow): WindowPower[] {
  if (joules === undefined || seconds <= 0) return []
  const watts = (value: number | undefined) => (value === undefined ? undefined : value / seconds)
  return [{ from: startedAt, to: startedAt + seconds, watts: joules / seconds, low: watts(low), high: watts(high) }]
}

function optionOf(windows: readonly WindowPower[], kind: 'measured' | 'modelled' | 'mixed', idle: number | undefined) {
  const scale = scaleOf(largestOf(windows.flatMap(({ watts, high = 0 }) => [watts, high])), WATTS)
  const start = windows[0]?.from ?? 0
  const end = windows.at(-1)?.to ?? start
  const looks = lineLooksOf(kind)
  const line = (figureOf: (window: WindowPower) => number) =>
    windows.flatMap((window) => {
      const value = figureOf(window) / scale.factor
      return [
        [window.from - start, value],
        [window.to - start, value],
        ['-', '-'],
      ]
    })
  return {
    grid: { left: 58, right: 16, top: 10, bottom: 44 },
    xAxis: valueAxis('time, s', {
      nameGap: 26,
      min: 0,
      max: end - start,
      splitLine: { show: false },
      axisLabel: { color: MUTED, fontSize: 12, showMaxLabel: false, hideOverlap: true },
    }),
    yAxis: valueAxis(`power, ${scale.symbol}`, { nameGap: 40, min: 0 }),
    series: [
      ...(windows.some(({ low, high }) => low !== undefined || high !== undefined) ? bandOf(line, looks.color) : []),
      {
        type: 'line',
        silent: true,
        symbol: 'none',
        data: line(({ watts }) => watts),
        lineStyle: looks,
        ...(idle === undefined ? {} : { markLine: idleLine(idle / scale.factor) }),
      },
    ],
  }
}

/** Between the bounds of the intervals: the lower one, which is not seen, and what lies above it. */
function bandOf(line: (figureOf: (window: WindowPower) => number) => unknown, color: string) {
  const lowOf = ({ low, watts }: WindowPower) => low ?? watts
  const band = {
    type: 'line',
    silent: true,
    symbol: 'none',
    stack: 'band',
    stackStrategy: 'all',
    lineStyle: { opacity: 0 },
  }
  return [
    { ...band, data: line(lowOf) },
    {
      ...band,
      data: line((window) => (window.high ?? window.watts) - lowOf(window)),
      areaStyle: { color, opacity: 0.16 },
    },
  ]
}

const idleLine = (at: number) => ({
  silent: true,
  symbol: 'none',
  label: { formatter: 'idle', position: 'insideEndTop', color: MUTED, fontSize: 12 },
  lineStyle: { color: MUTED, type: 'dotted', width: 1.5 },
  data: [{ yAxis: at }],
})

function tableOf(windows: readonly WindowPower[]) {
  const shown = thinned(windows, MOST_ROWS)
  const rows = shown.map(({ from, to, watts, low, high }) => ({
    cells: [
      formatPlain(from, SECONDS),
      formatPlain(to - from, SECONDS),
      formatPlain(watts, WATTS),
      low === undefined || high === undefined
        ? 'not known'
        : `${formatPlain(low, WATTS)} to ${formatPlain(high, WATTS)}`,
    ],
  }))
  const every = shown.length < windows.length ? ` (${shown.length} of ${windows.length} windows)` : ''
  const head = ['Start', 'Length', 'Power', 'Interval']
  return { caption: `Power over time${every}`, head, rows, numbers: [1, 2, 3] }
}
