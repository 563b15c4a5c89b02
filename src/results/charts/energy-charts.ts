/** The charts of an energy: by domain, and where its uncertainty comes from. */
import type { EnergyRecord } from '../../core/record.js'
import { formatPlain, JOULES } from '../quantity.js'
import { barChart } from './bar-chart.js'
import type { Chart } from './chart.js'
import { PERCENT } from './percent.js'

/** What each sensor or model gave, over all windows or epochs. */
export function domainChart({ domains }: Pick<EnergyRecord, 'domains'>): Chart | undefined {
  return barChart({
    title: 'Energy by domain',
    description: `Joules that each of ${domains.length} sensors or models gave for all windows; ${domains.filter(({ isCounted }) => isCounted).length} of them are counted.`,
    note: 'filled: measured; dashed: modelled; those in brackets lie inside others and are not added',
    quantity: 'energy of the run',
    unit: JOULES,
    names: 'Domain',
    columns: ['Kind', 'Counted', 'Source'],
    bars: domains.map(({ name, profiler, kind, joules, low, high, isCounted, device, source = '' }) => ({
      name: inBrackets(`${profiler} ${name}${device === undefined ? '' : ` ${device}`}`, !isCounted),
      figure: { value: joules, low, high },
      kind: kind === 'measured' ? 'measured' : 'modelled',
      cells: [kind, isCounted ? 'yes' : 'no', source],
    })),
  })
}

const inBrackets = (text: string, isWanted: boolean): string => (isWanted ? `(${text})` : text)

/** What each part of the budget belongs to. */
const BELONGS: Readonly<Record<string, string>> = {
  gross: 'energy',
  net: 'net energy alone',
  carbon: 'CO2 alone',
}

/** What the intervals are made of. */
export function budgetChart({ budget }: Pick<EnergyRecord, 'budget'>): Chart | undefined {
  const parts = budget.filter(({ of }) => of !== 'basis')
  const largest = [...parts].sort((one, other) => other.relative - one.relative)
  return barChart({
    title: 'Where the uncertainty comes from',
    description: `Relative half-widths of the 95% intervals by their source; the largest is ${largest[0]?.source ?? 'none'} with ${formatPlain(100 * (largest[0]?.relative ?? 0), PERCENT)}.`,
    note: 'half-widths of the 95% intervals; together: the root of the sum of their squares',
    quantity: 'half-width',
    unit: PERCENT,
    names: 'Source',
    columns: ['Part of the interval of'],
    bars: largest.map(({ source, of = 'gross', relative }) => ({
      name: source,
      figure: { value: 100 * relative },
      cells: [BELONGS[of] ?? of],
    })),
  })
}
