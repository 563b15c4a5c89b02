/** A row of a comparison in words, alike in every form. */
import { UNITS } from '../gate/metric.js'
import { formatPlain, formatShare } from '../quantity.js'
import { LEAST_ROUNDS, neededSamples } from './choose-test.js'
import { type Row, type SidesReport, tailOf } from './compare-sides.js'

/** @returns e.g. `612 mJ` */
export const figureText = ({ metric }: Row, value: number): string =>
  metric.dimension === 'share' ? formatShare(value) : formatPlain(value, UNITS[metric.dimension])

/** @returns e.g. `+8.3% (+6.1 to +10.2%)`, `+8.3%` for what is exact */
export function changeText({ ratio, low, high, test }: Row): string {
  const change = `${percent(ratio)}%`
  if (test !== 'exact' && low === undefined) return `${change} (too few samples to tell)`
  if (low === undefined || high === undefined) return change
  if (Number.isFinite(high)) return `${change} (${percent(low)} to ${percent(high)}%)`
  return low > 0 ? `${change} (${percent(low)}% and more)` : `${change} (any change)`
}

function percent(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'any'
  const change = (ratio - 1) * 100
  const digits = (Math.abs(change) >= 99.5 ? change.toFixed(0) : change.toFixed(1)).replace(/^-(0\.0)$/, '$1')
  return change > 0 && Number(digits) !== 0 ? `+${digits}` : digits
}

/** @returns e.g. `p = 0.031`, `p < 0.001`; empty for what is exact */
export function probabilityText({ adjusted }: Row): string {
  if (adjusted === undefined) return ''
  return adjusted < 0.001 ? 'p < 0.001' : `p = ${adjusted.toPrecision(2)}`
}

const TEST_WORDS: Readonly<Record<Row['test'], string>> = {
  welch: "Welch's t test of the means",
  'mann-whitney': 'the test of Mann and Whitney with the medians',
  bootstrap: 'bootstrap of the means',
  permutation: 'permutation test of the means',
  paired: 'paired t test of the ratios of each round',
  exact: 'exact figures',
}

/** @returns lines that say how it was tested and what that leaves out */
export function methodLines({ rows, options, allowed, notes }: SidesReport): readonly string[] {
  const tested = rows.filter(({ probability }) => probability !== undefined)
  const tests = [...new Set(tested.map(({ test }) => test))].map((test) => TEST_WORDS[test])
  const drawing = tested.some(({ test }) => test === 'bootstrap' || test === 'permutation')
    ? `, seed ${options.seed}`
    : ''
  const several =
    tested.length > 1 ? `; intervals hold together (Bonferroni), p is corrected for ${tested.length} (Holm)` : ''
  const limit = options.maxRegress === 0 ? 'worse' : `more than ${formatShare(options.maxRegress)} worse`
  const hasExact = rows.some(({ test }) => test === 'exact')
  return [
    ...(tests.length === 0 ? [] : [sentence(`${tests.join(' and ')}${drawing}, 95% intervals${several}`)]),
    `Regression: the whole interval is ${limit}, and p < 0.05${hasExact ? ', or the figure is exact' : ''}.`,
    ...tooFewLines(rows),
    ...(rows.some(({ samples }) => samples?.unit === 'windows') ? [ONE_RUN] : []),
    ...(isModelled(rows) ? [MODELLED] : []),
    ...allowed.map(
      ({ condition, base, now }) => `Different ${condition}, as allowed: ${base || 'none'}; now ${now || 'none'}.`,
    ),
    ...notes.map((note) => `${note}.`),
  ]
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

/** What each test needs that had less. */
function tooFewLines(rows: readonly Row[]): readonly string[] {
  const few = rows.filter(({ verdict }) => verdict === 'too few')
  const figures = rows.filter(({ test }) => test !== 'exact').length
  return [...new Set(few.map(({ test }) => test))].map(
    (test) => `Too few samples to tell whether it is worse or not: ${TEST_WORDS[test]} ${needs(test, figures)}.`,
  )
}

function needs(test: Row['test'], figures: number): string {
  if (test === 'paired' || test === 'exact') return `needs ${LEAST_ROUNDS} rounds`
  const samples = neededSamples(test, tailOf(figures))
  const family = figures > 1 ? ` for ${figures} figures at once` : ''
  return samples === undefined ? `cannot tell ${figures} figures at once` : `needs ${samples} on each side${family}`
}

const ONE_RUN =
  'Samples are the windows of few runs, which share the state of the machine: what differs from run to run is in no interval. Three runs on each side, a folder each, would tell.'

const MODELLED =
  'Energy is modelled, not measured: it can only tell what the model knows of, the load of the processor.'

const isModelled = (rows: readonly Row[]): boolean => rows.some(({ isModelled: modelled }) => modelled)
