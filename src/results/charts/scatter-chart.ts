/** One figure of each run against another, groups told apart by colour and by mark. */
import type { Unit } from '../quantity.js'
import { formatPlain } from '../quantity.js'
import { largestOf, scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { chartLabel, forPicture } from './chart-label.js'
import { MUTED, PAGE, SERIES } from './palette.js'
import { thinned } from './thinned.js'

/** A group of runs. */
export interface ScatterGroup {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** What lies on an axis. */
export interface ScatterAxis {
  readonly title: string
  readonly unit: Unit
}

const LOOKS = [
  { color: SERIES.blue, symbol: 'circle' },
  { color: SERIES.orange, symbol: 'rect' },
  { color: SERIES.green, symbol: 'triangle' },
  { color: SERIES.pink, symbol: 'diamond' },
  { color: SERIES.olive, symbol: 'pin' },
  { color: SERIES.grey, symbol: 'arrow' },
] as const
const MOST_POINTS = 1500
const MOST_ROWS = 40
const HEIGHT = 300

/** @returns nothing where no run has both figures; groups beyond the sixth share the last look */
export function scatterChart(groups: readonly ScatterGroup[], x: ScatterAxis, y: ScatterAxis): Chart | undefined {
  const shown = groups.filter(({ points }) => points.length > 0)
  const total = shown.reduce((sum, { points }) => sum + points.length, 0)
  if (total === 0) return undefined
  const title = `${y.title} against ${x.title}`
  const rows = shown.flatMap(({ name, points }) =>
    points.map((point) => ({ cells: [name, formatPlain(point[0], x.unit), formatPlain(point[1], y.unit)] })),
  )
  return {
    title,
    description: `${total} runs of ${shown.length} groups by ${x.title} and ${y.title}.`,
    ...(rows.length > MOST_ROWS ? { note: `the table has ${MOST_ROWS} of ${rows.length} runs` } : {}),
    height: HEIGHT,
    option: optionOf(shown, x, y),
    data: { caption: title, head: ['Group', x.title, y.title], rows: thinned(rows, MOST_ROWS), numbers: [1, 2] },
  }
}

function optionOf(groups: readonly ScatterGroup[], x: ScatterAxis, y: ScatterAxis) {
  const along = (axis: 0 | 1, { title, unit }: ScatterAxis) => {
    const { factor, symbol } = scaleOf(
      largestOf(groups.flatMap(({ points }) => points.map((point) => point[axis]))),
      unit,
    )
    return { factor, name: symbol === '' ? title : `${title}, ${symbol}` }
  }
  const [across, upright] = [along(0, x), along(1, y)]
  return {
    grid: { left: 62, right: 20, top: groups.length > 1 ? 34 : 12, bottom: 46 },
    ...(groups.length > 1
      ? {
          legend: {
            top: 0,
            left: 'center',
            type: 'plain',
            textStyle: { color: MUTED, fontSize: 11, width: 110, overflow: 'truncate' },
          },
        }
      : {}),
    xAxis: valueAxis(across.name, { nameGap: 28, scale: true }),
    yAxis: valueAxis(upright.name, { nameGap: 46, scale: true }),
    series: groups.map(({ name, points }, index) => {
      const { color, symbol } = LOOKS[Math.min(index, LOOKS.length - 1)] ?? LOOKS[0]
      const drawn = thinned(points, Math.max(2, Math.floor(MOST_POINTS / groups.length)))
      return {
        type: 'scatter',
        name: forPicture(chartLabel(name, 26)),
        silent: true,
        symbol,
        symbolSize: 9,
        itemStyle: { color, borderColor: PAGE, borderWidth: 0.8 },
        data: drawn.map((point) => [point[0] / across.factor, point[1] / upright.factor]),
      }
    }),
  }
}
