/** Pictures of charts by echarts: one instance for each height is opened once and used for all charts after it. */
import type { EChartsType } from 'echarts/core'
import { CHART_WIDTH, type Chart } from './chart.js'
import { withoutMarks } from './chart-label.js'

/** By height; opening one takes as long as drawing half a chart. */
const instances = new Map<number, EChartsType>()

/**
 * @param id - of its parts begin with it
 * @returns what stands inside the `svg` element: the same for the same chart, whatever was drawn before
 */
export async function drawSvg({ option, height }: Chart, id: string): Promise<string> {
  const { openChart } = await import('./echarts.js')
  const instance = instances.get(height) ?? openChart(CHART_WIDTH, height)
  instances.delete(height)
  instance.setOption({ animation: false, backgroundColor: 'transparent', ...option }, { notMerge: true, silent: true })
  const svg = instance.renderToSVGString()
  // One that has failed is in no known state and not used again.
  instances.set(height, instance)
  return withoutClutter(withoutMarks(svg), id)
}

/**
 * Takes off the outer element, its background, styles of pointing, what counts up with every chart, and digits that nobody
 * sees.
 */
const withoutClutter = (svg: string, id: string): string =>
  svg
    .replace(/^<svg[^>]*>\s*/, '')
    .replace(/\s*<\/svg>\s*$/, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\s*/, '')
    .replace(/<style ><!\[CDATA\[[^<]*\]\]>\s*<\/style>\s*/g, '')
    .replace(/ (?:class="zr\d+-cls-\d+"|pointer-events="visible"|ecmeta_\w+="\w*")/g, '')
    .replace(/(url\(#| id=")zr\d+-/g, `$1${id}-`)
    .replace(/ style="font-size:([\d.]+)px;font-family:sans-serif;(?:font-weight:(\w+);)?"/g, ' font-size="$1"')
    .replace(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))))
