/** The charts of an energy: by domain, and where its uncertainty comes from. */
import type { EnergyRecord } from '../../core/record.js'
import { sidesText } from '../explanation.js'
import { JOULES } from '../quantity.js'
import { percent } from '../sensor-rows.js'
import { type Bar, barChart } from './bar-chart.js'
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

type BudgetPart = EnergyRecord['budget'][number]

/** The figure whose interval is explained: the energy of one unit of work. */
export interface Explained {
  /** In words, e.g. `inference`. */
  readonly unit: string
  readonly energy: EnergyRecord['gross']
  readonly budget: readonly BudgetPart[]
}

/** What the interval of one figure is made of; what belongs to others is in the table alone. */
export function budgetChart({ unit, energy, budget }: Explained): Chart | undefined {
  const parts = [...budget].sort((one, other) => other.relative - one.relative)
  const own = parts.filter(({ of = 'gross' }) => of === 'gross')
  const others = parts.filter(({ of }) => of === 'net' || of === 'carbon')
  const figure = `energy per ${unit}`
  const whole = sidesText(energy.joules, energy)
  const largest = own[0] === undefined ? '' : `; the largest is ${own[0].source} with ${halfWidth(own[0])}`
  return barChart({
    title: `Uncertainty of the ${figure}`,
    description: `Relative half-widths of the parts of the 95% interval of the ${figure}, ${whole}${largest}.`,
    note: [`half-widths of what makes up ${whole}${onceText(own)}`, ...others.map(apartText)].join('; '),
    quantity: 'half-width',
    unit: PERCENT,
    names: 'Source',
    columns: ['Part of the interval of'],
    bars: own.map((part) => barOf(part, figure)),
    undrawn: others.map((part) => barOf(part, part.of === 'net' ? 'net energy alone' : 'CO2 alone')),
  })
}

const barOf = ({ source, relative }: BudgetPart, belongs: string): Bar => ({
  name: source,
  figure: { value: 100 * relative },
  cells: [belongs],
})

const halfWidth = ({ relative }: BudgetPart): string => `± ${percent(relative)}`

/** What differs from window to window is seen in their spread, too. */
function onceText(parts: readonly BudgetPart[]): string {
  const isIn = (...sources: readonly string[]) => parts.some(({ source }) => sources.includes(source))
  const isTwice = isIn('repeats') && isIn('edge', 'resolution', 'integration', 'gap')
  return isTwice ? ', in which repeats and what blurs each window count once' : ''
}

const apartText = (part: BudgetPart): string =>
  `${part.of === 'net' ? 'net energy' : 'CO2'} has besides: ${part.source} ${halfWidth(part)}`
