/** Draws a chart as SVG inside a figure, with the same figures as a table that can be unfolded below it. */
import { foreign, type Html, html, trusted } from '../pages/html.js'
import { pageTable } from '../pages/table.js'
import { CHART_WIDTH, type Chart } from './chart.js'

/** How a chart stands on its page. */
export interface Placement {
  /** Unique on the page: letters, digits and dashes. */
  readonly id: string
  /** Shows the table of figures without being asked. */
  readonly isUnfolded?: boolean
}

/** @returns a figure; the picture is hidden from screen readers behind its title and description */
export async function drawChart(chart: Chart, { id, isUnfolded = false }: Placement): Promise<Html> {
  const picture = await drawSvg(chart, id)
  return html`<figure class="chart" id="${id}">
<figcaption>${foreign(chart.title)}</figcaption>
${chart.note !== undefined && html`<p class="chart-note">${foreign(chart.note)}</p>`}
<svg viewBox="0 0 ${CHART_WIDTH} ${chart.height}" role="img" aria-labelledby="${id}-title ${id}-text" xmlns="http://www.w3.org/2000/svg"><title id="${id}-title">${chart.title}</title><desc id="${id}-text">${chart.description}</desc>${trusted(picture)}</svg>
<details${isUnfolded && html` open`}><summary>Figures of this chart</summary>
${pageTable(chart.data)}</details>
</figure>
`
}

/** @returns what stands inside the `svg` element */
async function drawSvg({ option, height }: Chart, id: string): Promise<string> {
  const { openChart } = await import('./echarts.js')
  const chart = openChart(CHART_WIDTH, height)
  try {
    chart.setOption({ animation: false, backgroundColor: 'transparent', ...option })
    return withoutClutter(chart.renderToSVGString(), id)
  } finally {
    chart.dispose()
  }
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
