/** The parts of echarts that the charts are made of; 2 MB of code, so that this is loaded when the first one is drawn. */
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

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

/** @returns a chart without a document */
export const openChart = (width: number, height: number) =>
  init(null, null, { renderer: 'svg', ssr: true, width, height })
