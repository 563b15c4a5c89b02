/** A carbon impact statement over many runs: sentences for a paper, the tables they rest on, and their sources. */
import { equivalentsOf } from '../../carbon/equivalents.js'
import { type SocialCost, socialCostOf } from '../../carbon/social-cost.js'
import { gramsCo2e, JOULES_PER_KWH, joules } from '../../core/units.js'
import { counted } from '../count-text.js'
import {
  type Block,
  type DocumentText,
  heading,
  type Inline,
  list,
  paragraph,
  type Source,
} from '../document/document.js'
import type { LeftOut } from '../left-out.js'
import {
  formatExact,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  GRAMS_PER_KWH,
  KILOWATT_HOURS,
} from '../quantity.js'
import { EQUIVALENCIES_SOURCE, factorSource, greenbenchSource, SOCIAL_COST_SOURCE } from './statement-sources.js'
import { statementTables } from './statement-tables.js'
import { atLeast, hours, joined, processorOf, roundedTo } from './statement-words.js'
import { grouped, type RunImpact, type StatementFactor, type Totals, totalsOf } from './totals.js'

/** What the sums are told of. */
export interface StatementParts {
  /** At least one. */
  readonly impacts: readonly RunImpact[]
  readonly leftOut: readonly LeftOut[]
  readonly socialCost: SocialCost
  /** True where the user's factor stands in for those of the records. */
  readonly isOtherPlace: boolean
}

/** Lines about what is left out before the rest is only counted. */
const MOST_LEFT_OUT = 50

/** @returns sentences first, in an order that makes one paragraph of a paper; then tables, what is left out, and sources */
export function statementDocument(parts: StatementParts): DocumentText {
  const totals = totalsOf(parts.impacts)
  const factors = factorsOf(parts.impacts)
  const sources = sourcesOf(parts, factors)
  return {
    blocks: [
      heading(1, 'Carbon impact statement'),
      paragraph(...energySentences(parts.impacts, totals)),
      paragraph(...carbonSentences(parts, totals, factors)),
      paragraph(...limitSentences(parts.impacts, totals)),
      ...statementTables(parts.impacts),
      ...leftOutBlocks(parts.leftOut),
    ],
    sources,
  }
}

function energySentences(impacts: readonly RunImpact[], totals: Totals): readonly Inline[] {
  const trainings = impacts.filter(({ run }) => run.kind === 'training').length
  const models = new Set(impacts.map(({ run }) => run.model.sha256 ?? run.model.name)).size
  const kinds = [
    ...(totals.runs === trainings ? [] : [counted(totals.runs - trainings, 'run of inference', 'runs of inference')]),
    ...(trainings === 0 ? [] : [counted(trainings, 'training')]),
  ]
  const machines = [...new Set(impacts.map(({ run }) => processorOf(run.host)))]
  return [
    `The measurements reported here, ${joined(kinds)} of ${counted(models, 'model')} on ${joined(machines)}, used `,
    { strong: formatFigure(totals.kilowattHours, KILOWATT_HOURS) },
    ` of electricity in ${hours(totals.seconds)} of measured work`,
    { cite: 'greenbench' },
    `. ${restingSentence(totals)}`,
  ]
}

/** What a sensor gave and what a model gave are never one figure without saying so. */
function restingSentence({ kilowattHours, measuredKilowattHours }: Totals): string {
  const share = kilowattHours.value === 0 ? 0 : measuredKilowattHours / kilowattHours.value
  if (share >= 1 - 1e-9) return 'All of it was measured by sensors.'
  if (share <= 1e-9) return 'None of it was measured by a sensor: all of it is modelled.'
  const modelled = kilowattHours.value - measuredKilowattHours
  return `Sensors measured ${formatPlain(measuredKilowattHours, KILOWATT_HOURS)} (${formatShare(share)}) of it; ${formatPlain(modelled, KILOWATT_HOURS)} are modelled.`
}

function carbonSentences(
  { impacts, socialCost, isOtherPlace }: StatementParts,
  totals: Totals,
  factors: readonly StatementFactor[],
): readonly Inline[] {
  if (factors.length === 0) return ['What CO2 this comes to is not known, since no run has a carbon intensity.']
  const [only] = factors
  const place =
    factors.length > 1 || only === undefined
      ? [`With the carbon intensities of ${factors.length} places`, ...citations(factors)]
      : [`With ${intensityWords(only)}`, ...citations([only])]
  const pues = [...new Set(impacts.map(({ pue }) => pue))]
  const pue =
    pues.length === 1
      ? `a power usage effectiveness of ${pues[0]}`
      : `a power usage effectiveness of ${Math.min(...pues)} to ${Math.max(...pues)}`
  const grams = gramsCo2e(totals.grams.value)
  const [car, bulb, phone] = equivalentsOf(joules(totals.suppliedKilowattHours * JOULES_PER_KWH), grams)
  const rounded = (amount: number | undefined) => atLeast(amount ?? 0, 0.001)
  const dollars = `${roundedTo(socialCost.dollarsPerTonne, 3)}${socialCost.low === socialCost.high ? '' : ` (${roundedTo(socialCost.low, 3)} to ${roundedTo(socialCost.high, 3)})`}`
  return [
    ...place,
    `${isOtherPlace ? ', as if they had run there,' : ''} and ${pue}, this comes to `,
    { strong: formatFigure(totals.grams, GRAMS_CO2E) },
    `, which compares to ${rounded(car?.amount)} km by car`,
    { cite: EQUIVALENCIES_SOURCE.key },
    ` and to the electricity of ${rounded(bulb?.amount)} hours of a 9 W LED bulb or ${rounded(phone?.amount)} phone charges. At a social cost of carbon of ${dollars} US dollars per tonne`,
    ...(isDefaultCost(socialCost) ? [{ cite: SOCIAL_COST_SOURCE.key }] : []),
    `, it costs society ${atLeast(socialCostOf(grams, socialCost), 0.01)} US dollars.`,
  ]
}

function limitSentences(impacts: readonly RunImpact[], totals: Totals): readonly Inline[] {
  const broken = totalsOf(impacts.filter(({ run }) => !run.complete))
  const guesses = impacts.filter(({ factor }) => factor?.zone === 'WORLD').length
  return [
    'Intervals are 95%; those of the sums hold even if all runs err in the same direction. CO2 is modelled from energy and carbon intensity. Loading, warm-up and idle baselines are in no figure.',
    ...(guesses === 0
      ? []
      : [` The mean of the world stands in for the place of ${counted(guesses, 'run')}, which is not known.`]),
    ...(totals.withoutFactor === 0
      ? []
      : [
          ` ${formatPlain(totals.withoutFactor, KILOWATT_HOURS)} have no carbon intensity and are in no figure of CO2.`,
        ]),
    ...(broken.runs === 0
      ? []
      : [
          ` ${counted(broken.runs, 'run')} (${formatPlain(broken.kilowattHours.value, KILOWATT_HOURS)}) did not come to the end; what they used is in the sums.`,
        ]),
  ]
}

function leftOutBlocks(leftOut: readonly LeftOut[]): readonly Block[] {
  if (leftOut.length === 0) return []
  const lines = leftOut.slice(0, MOST_LEFT_OUT).map(({ what, reason }) => [`${what}: ${reason}`])
  const more = leftOut.length - lines.length
  return [heading(2, 'Left out'), ...list(more > 0 ? [...lines, [`and ${formatExact(more)} more`]] : lines)]
}

function sourcesOf({ impacts, socialCost }: StatementParts, factors: readonly StatementFactor[]): readonly Source[] {
  const versions = [...new Set(impacts.map(({ run }) => run.versions.greenbench ?? 'unknown'))].sort()
  const tables = factors.flatMap(({ source }) => factorSource(source) ?? [])
  const cited =
    factors.length === 0 ? [] : [EQUIVALENCIES_SOURCE, ...(isDefaultCost(socialCost) ? [SOCIAL_COST_SOURCE] : [])]
  return [...new Set([greenbenchSource(versions.join(', ')), ...tables, ...cited])]
}

const isDefaultCost = ({ source }: SocialCost): boolean => source.startsWith('US EPA')

/** Each once, the one with the most energy first. */
const factorsOf = (impacts: readonly RunImpact[]): readonly StatementFactor[] =>
  grouped(impacts, ({ factor }) =>
    JSON.stringify([factor?.zone, factor?.gramsPerKwh, factor?.year, factor?.source]),
  ).flatMap(({ impacts: [first] }) => first?.factor ?? [])

function intensityWords({ gramsPerKwh, low, high, zone, zoneName, year, source }: StatementFactor): string {
  const figure = formatFigure({ value: gramsPerKwh, low, high }, GRAMS_PER_KWH).replace('g/kWh', 'g CO2e/kWh')
  if (zone === 'given') return `a carbon intensity of ${figure}, ${source}`
  return `the mean carbon intensity of ${zone === 'WORLD' ? 'the world' : (zoneName ?? zone)}${year === undefined ? '' : ` in ${year}`}, ${figure}`
}

/** Each source once. */
const citations = (factors: readonly StatementFactor[]): readonly Inline[] =>
  [...new Set(factors.flatMap(({ source }) => factorSource(source)?.key ?? []))].map((cite) => ({ cite }))
