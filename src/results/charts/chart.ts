/** What a chart is before it is drawn: its words, its picture for echarts, and the same figures as a table. */
import type { EChartsCoreOption } from 'echarts/core'
import type { PageTable } from '../pages/table.js'

/** A chart; every text may come from a file. */
export interface Chart {
  readonly title: string
  /** Said in place of the picture to those who do not see it: what is shown, and its upshot. */
  readonly description: string
  /** Below the title: what the picture leaves out, or how to read it. */
  readonly note?: string | undefined
  /** Units of the view box; the width is always `CHART_WIDTH`. */
  readonly height: number
  readonly option: EChartsCoreOption
  readonly data: PageTable
}

/** Half of a page and a whole phone. */
export const CHART_WIDTH = 500
