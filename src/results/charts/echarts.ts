/** The parts of echarts that the charts are made of; 2 MB of code, so that this is loaded when the first one is drawn. */
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components'
import { init, setPlatformAPI, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'
import { drawnWidth } from './chart-label.js'

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  LabelLayout,
  SVGRenderer,
])

/** Without a document echarts knows the widths of one font alone; that of a reader may be wider. */
setPlatformAPI({
  measureText: (text, font = '') => ({ width: (drawnWidth(text) * Number(/([\d.]+)px/.exec(font)?.[1] ?? 12)) / 12 }),
})

/** @returns a chart without a document */
export const openChart = (width: number, height: number) =>
  init(null, null, { renderer: 'svg', ssr: true, width, height })
