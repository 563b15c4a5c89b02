/** Carbon factors, zones, rough estimates and what-if tables as text. */
import type { RoughEstimate } from '../../benchmarks/rough-estimate.js'
import type { WhatIf } from '../../benchmarks/what-if.js'
import type { CarbonFactor } from '../carbon/carbon-factor.js'
import type { CloudRegion } from '../carbon/places/cloud-regions.js'
import type { RankedZone } from '../carbon/zones.js'
import { printable } from './printable.js'
import {
  formatFigure,
  formatMoney,
  formatPlain,
  GRAMS_CO2E,
  GRAMS_PER_KWH,
  KILOWATT_HOURS,
  LITRES,
  type Unit,
  WATTS,
} from './quantity.js'
import { warningText } from './record-notes.js'
import type { TextStyle, TextView } from './text-style.js'
import { drawTable } from './text-table.js'

/** @param zones - others of the same country, shown below */
export function factorText(factor: CarbonFactor, zones: readonly RankedZone[], { width, style }: TextView): string {
  const { gramsPerKwh, low, high, zone, zoneName, place, source, year, at, basis, intervalReason, marginal, pue } =
    factor
  const rows = [
    ['carbon intensity', formatFigure({ value: gramsPerKwh, low, high }, GRAMS_PER_KWH)],
    ...(place === undefined ? [] : [['place', place]]),
    ['zone', zone === zoneName ? zone : `${zone}, ${zoneName}`],
    ['basis', basis],
    ...(at === undefined ? [] : [['of', at.toISOString()]]),
    ...(year === undefined ? [] : [['year', String(year)]]),
    ['interval', intervalReason],
    ['source', source],
    ...(marginal === undefined
      ? []
      : [['one more kWh', `${marginal.gramsPerKwh} g, ${marginal.source}, ${marginal.year} (another basis)`]]),
    ...(pue === undefined ? [] : [['PUE', `${pue.value}, ${pue.source}`]]),
  ]
  const table = { head: ['carbon factor', ''], rows: clean(rows), align: ['left', 'left'] as const, wrapped: 1 }
  const parts = [drawTable(table, width, style), warningsText(factor.warnings, style)]
  if (zones.length > 0) parts.push(zonesText('zones of the same country', zones, { width, style }))
  return parts.filter((part) => part !== '').join('\n')
}

/** @param title - head of the table */
export function zonesText(title: string, zones: readonly RankedZone[], { width, style }: TextView): string {
  const rows = zones.map(({ zone, name, year, gramsPerKwh }) => [zone, name, String(gramsPerKwh), String(year)])
  const align = ['left', 'left', 'right', 'right'] as const
  return drawTable({ head: [title, '', 'g/kWh', 'year'], rows: clean(rows), align, wrapped: 1 }, width, style)
}

/** @param regions - each with its factor */
export function cloudText(
  regions: readonly { readonly region: CloudRegion; readonly factor: CarbonFactor }[],
  { width, style }: TextView,
): string {
  const rows = regions.map(({ region: { provider, region, pue }, factor }) => [
    `${provider}:${region}`,
    factor.zone,
    factor.zoneName,
    formatPlain(factor.gramsPerKwh, GRAMS_PER_KWH).replace(' g/kWh', ''),
    String(pue),
  ])
  const align = ['left', 'left', 'left', 'right', 'right'] as const
  return drawTable(
    { head: ['cloud region', 'zone', '', 'g/kWh', 'PUE'], rows: clean(rows), align, wrapped: 2 },
    width,
    style,
  )
}

/** Every figure of it is modelled, and says so. */
export function estimateText(estimate: RoughEstimate, { width, style }: TextView): string {
  const { parts, energy, carbon, factor, pue, hours, water, cost } = estimate
  const interval = (value: number, { low, high }: { readonly low: number; readonly high: number }, unit: Unit) =>
    formatFigure({ value, low, high }, unit)
  const origin = factor.zone === 'given' ? 'as given' : `in ${factor.zoneName}`
  const place = `modelled: ${Math.round(factor.gramsPerKwh)} g/kWh ${origin}${pue === 1 ? '' : `, PUE ${pue}`}`
  const rows = [
    ...parts.map((part) => [part.name, interval(part.watts, part, WATTS), `modelled: ${part.source}`]),
    ['energy', interval(energy.kilowattHours, energy, KILOWATT_HOURS), `modelled: ${hours} h`],
    ['CO2', interval(carbon.grams, carbon, GRAMS_CO2E), place],
    ...(cost === undefined ? [] : [['cost', formatMoney(cost.amount, cost.currency), 'with PUE']]),
    ...(water === undefined ? [] : [['water', formatPlain(water.litres, LITRES), 'by WUE, of the machine alone']]),
  ]
  const table = {
    head: ['rough estimate', '', ''],
    rows: clean(rows),
    align: ['left', 'right', 'left'] as const,
    wrapped: 2,
  }
  return [drawTable(table, width, style), warningsText(factor.warnings, style)].filter(Boolean).join('\n')
}

/** One table for each record. */
export function whatIfText(results: readonly WhatIf[], { width, style }: TextView): string {
  return results
    .map(({ model, batchSize, pue, rows }) => {
      const title = `${printable(model)}, batch ${batchSize}${pue === 1 ? '' : `, PUE ${pue}`}`
      const cells = rows.map((row) => [
        row.isRecord ? `${row.zoneName} (as recorded)` : row.zoneName,
        String(Number(row.gramsPerKwh.toPrecision(3))),
        formatFigure({ ...row.perInference, value: row.perInference.grams }, GRAMS_CO2E),
        formatFigure({ ...row.total, value: row.total.grams }, GRAMS_CO2E),
      ])
      const head = [title, 'g/kWh', 'CO2 / inference', 'CO2 of the run']
      return drawTable({ head, rows: clean(cells), align: ['left', 'right', 'right', 'right'] }, width, style)
    })
    .join('\n')
}

const clean = (rows: readonly (readonly string[])[]): string[][] => rows.map((row) => row.map(printable))

const warningsText = (warnings: CarbonFactor['warnings'], style: TextStyle): string =>
  warnings.map((warning) => `${warningText(warning, style)}\n`).join('')
