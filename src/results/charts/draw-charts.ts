/** Several charts beside each other, as far as the page is wide. */
import { type Html, html } from '../pages/html.js'
import type { SectionPlace } from '../pages/section-place.js'
import type { Chart } from './chart.js'
import { drawChart } from './draw-chart.js'

/** @returns nothing where there is no chart */
export async function drawCharts(charts: readonly (Chart | undefined)[], place: SectionPlace): Promise<Html> {
  const figures: Html[] = []
  for (const chart of charts) {
    if (chart === undefined) continue
    figures.push(
      await drawChart(chart, { id: `${place.anchor}-chart-${figures.length + 1}`, isUnfolded: place.isUnfolded }),
    )
  }
  return figures.length === 0 ? html`` : html`<div class="charts">${figures}</div>`
}
