/** The tables below a carbon impact statement: by what the energy rests on, by machine, by place and by model. */
import { type Block, table } from '../document/document.js'
import { formatExact, formatFigure, GRAMS_CO2E, GRAMS_PER_KWH, KILOWATT_HOURS } from '../quantity.js'
import { hours, processorOf } from './statement-words.js'
import { grouped, type RunImpact, type Totals, totalsOf } from './totals.js'

/** Rows before the rest is summed up. */
const MOST_ROWS = 20

/** @returns machines and models only where there are several */
export function statementTables(impacts: readonly RunImpact[]): readonly Block[] {
  return [
    ...sumTable('By what the energy rests on', 'Rests on', 1, impacts, ({ run }) => run.energy.kind),
    ...sumTable('By machine', 'Machine', 2, impacts, ({ run }) => processorOf(run.host)),
    ...placeTable(impacts),
    ...sumTable('By model', 'Model', 2, impacts, ({ run }) => `${run.model.name}, ${run.kind}`),
  ]
}

function sumTable(
  caption: string,
  what: string,
  fewest: number,
  impacts: readonly RunImpact[],
  keyOf: (impact: RunImpact) => string,
): readonly Block[] {
  const groups = grouped(impacts, keyOf)
  if (groups.length < fewest) return []
  const rest = groups.slice(MOST_ROWS).flatMap((group) => group.impacts)
  const rows = groups.slice(0, MOST_ROWS).map(({ key, totals }) => [key, ...sumCells(totals)])
  if (rest.length > 0) rows.push([`${formatExact(groups.length - MOST_ROWS)} more`, ...sumCells(totalsOf(rest))])
  if (groups.length > 1) rows.push(['all', ...sumCells(totalsOf(impacts))])
  const head = [what, 'Runs', 'Time', 'Energy', 'CO2']
  return table({ caption, head, rows, align: ['left', 'right', 'right', 'right', 'right'], wrapped: 0 })
}

const sumCells = (totals: Totals): string[] => [
  formatExact(totals.runs),
  hours(totals.seconds),
  formatFigure(totals.kilowattHours, KILOWATT_HOURS),
  totals.withoutFactor > 0 && totals.grams.value === 0 ? '-' : formatFigure(totals.grams, GRAMS_CO2E),
]

function placeTable(impacts: readonly RunImpact[]): readonly Block[] {
  const known = impacts.filter(({ factor }) => factor !== undefined)
  const groups = grouped(known, ({ factor, pue }) => JSON.stringify([factor, pue]))
  const rows = groups.slice(0, MOST_ROWS).map(({ impacts: members, totals }) => placeCells(members[0], totals))
  const more = groups.slice(MOST_ROWS).flatMap((group) => group.impacts)
  if (more.length > 0) {
    const [, , energy = '', carbon = ''] = sumCells(totalsOf(more))
    rows.push([`${formatExact(groups.length - MOST_ROWS)} more`, '', '', energy, carbon])
  }
  const head = ['Place', 'Carbon intensity', 'PUE', 'Energy', 'CO2']
  const align = ['left', 'right', 'right', 'right', 'right'] as const
  return table({ caption: 'By place', head, rows, align, wrapped: 0 })
}

function placeCells(impact: RunImpact | undefined, totals: Totals): string[] {
  if (impact?.factor === undefined) return []
  const { gramsPerKwh, low, high, zone, zoneName, year, source } = impact.factor
  const place = [zoneName ?? zone, year, source].filter((word) => word !== undefined).join(', ')
  const intensity = formatFigure({ value: gramsPerKwh, low, high }, GRAMS_PER_KWH)
  const [, , energy = '', carbon = ''] = sumCells(totals)
  return [place, intensity, String(impact.pue), energy, carbon]
}
