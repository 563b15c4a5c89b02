/** Draws a chart as SVG inside a figure, with the same figures as a table that can be unfolded below it. */
import { foreign, type Html, html, nameOf, trusted } from '../pages/html.js'
import { pageTable } from '../pages/table.js'
import { CHART_WIDTH, type Chart } from './chart.js'
import { drawSvg } from './draw-svg.js'

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
<figcaption>${nameOf(chart.title)}</figcaption>
${chart.note !== undefined && html`<p class="chart-note">${foreign(chart.note)}</p>`}
<svg viewBox="0 0 ${CHART_WIDTH} ${chart.height}" role="img" aria-labelledby="${id}-title ${id}-text" xmlns="http://www.w3.org/2000/svg"><title id="${id}-title">${chart.title}</title><desc id="${id}-text">${chart.description}</desc>${trusted(picture)}</svg>
<details${isUnfolded && html` open`}><summary>Figures of this chart</summary>
${pageTable(chart.data)}</details>
</figure>
`
}
