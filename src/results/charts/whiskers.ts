/** Intervals in charts: a line from the lower to the upper bound with a short stroke at each end. */
import type { CustomSeriesOption } from 'echarts/charts'
import { INK } from './palette.js'

type Render = NonNullable<CustomSeriesOption['renderItem']>
type Point = readonly [x: number, y: number]

/** Half the length of the strokes at the ends. */
const STROKE = 4

/**
 * @param bounds - for each whisker: low, high and its place on the other axis
 * @param direction - `across`: low and high lie on the x axis
 * @param z - 5 is above bars, 2 below points
 */
export function whiskers(
  bounds: readonly (readonly [low: number, high: number, place: number])[],
  direction: 'across' | 'upright',
  { color = INK, z = 5 }: { readonly color?: string; readonly z?: number } = {},
): CustomSeriesOption {
  const render: Render = (_params, api) => {
    const [low, high, place] = [api.value(0), api.value(1), api.value(2)]
    const isAcross = direction === 'across'
    const pointAt = (bound: typeof low) => (isAcross ? api.coord([bound, place]) : api.coord([place, bound]))
    const [from, to] = [asPoint(pointAt(low)), asPoint(pointAt(high))]
    const strokes = [[from, to], strokeAt(from, isAcross), strokeAt(to, isAcross)] as const
    return { type: 'group', children: strokes.map((stroke) => lineOf(stroke, color)) }
  }
  const encode = direction === 'across' ? { x: [0, 1], y: 2 } : { x: 2, y: [0, 1] }
  return {
    type: 'custom',
    encode,
    silent: true,
    z,
    clip: true,
    data: bounds.map((bound) => [...bound]),
    renderItem: render,
  }
}

const asPoint = ([x = 0, y = 0]: readonly number[]): Point => [x, y]

const strokeAt = ([x, y]: Point, isAcross: boolean): readonly [Point, Point] =>
  isAcross
    ? [
        [x, y - STROKE],
        [x, y + STROKE],
      ]
    : [
        [x - STROKE, y],
        [x + STROKE, y],
      ]

const lineOf = ([[x1, y1], [x2, y2]]: readonly [Point, Point], stroke: string) => ({
  type: 'line' as const,
  shape: { x1, y1, x2, y2 },
  style: { stroke, lineWidth: 1.3 },
})
