/** `greenbench compare base.json new.json`: whether a change made anything worse, for people and for build servers. */
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import { compareCompetitors } from '../results/compare/compare-competitors.js'
import { type CompareOptions, compareSides, type Row, type SidesReport } from '../results/compare/compare-sides.js'
import { CONDITIONS, type Condition } from '../results/compare/conditions.js'
import { changeText } from '../results/compare/row-text.js'
import { isComparable } from '../results/compare/samples.js'
import { leftOutNotes, readSide } from '../results/compare/side.js'
import { METRICS, type Metric } from '../results/gate/metric.js'
import { printable } from '../results/printable.js'
import { recordsAt } from '../results/records-at.js'
import { EXIT } from './failure.js'
import { appendGithubSummary, githubSummaryOf } from './github-summary.js'
import type { Settings } from './option-definition.js'
import { COMPARE_OPTIONS } from './options/compare-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { recordSources } from './sources.js'
import { plotViewOf, type Terminal, write } from './terminal.js'

type CompareSettings = Settings<typeof COMPARE_OPTIONS>

const DEFAULT_METRIC = 'energyPerInference'

/**
 * @param paths - the base, then those that are compared with it; or one file of models that were measured in turn
 * @returns the exit code: 3 for a regression, 1 where samples are too few to tell
 */
export async function compareCommand(
  paths: readonly string[],
  given: GivenValues,
  terminal: Terminal,
): Promise<number> {
  const { settings } = await readOptions(COMPARE_OPTIONS, given, terminal)
  const { markdown, junit, benchmarkAction } = settings
  await checkOutputs(settings, recordSources(paths), { markdown, junit, benchmarkAction })
  const summary =
    settings.githubSummary === true ? githubSummaryOf(terminal, 'write the same with --markdown summary.md') : undefined
  const report = await reportOn(paths, optionsOf(settings))
  await show(report, settings, terminal)
  if (summary !== undefined) await appendGithubSummary(summary, await markdownOf(report))
  return gated(report, terminal)
}

/** Says what stops a build: what is worse, and what nobody can tell, which must not pass for no regression. */
async function gated({ rows }: SidesReport, terminal: Terminal): Promise<number> {
  const [few, regressions] = (['too few', 'regression'] as const).map((wanted) =>
    rows.filter(({ verdict }) => verdict === wanted),
  )
  for (const row of few ?? []) {
    await write(terminal.stderr, `greenbench: too few samples to tell: ${printable(nameOf(row))}\n`)
  }
  for (const row of regressions ?? []) {
    await write(terminal.stderr, `greenbench: regression: ${printable(`${nameOf(row)}: ${changeText(row)}`)}\n`)
  }
  if (regressions?.length !== 0) return EXIT.limit
  if (few?.length === 0) return EXIT.success
  await write(terminal.stderr, `  hint: ${MORE_SAMPLES}\n`)
  return EXIT.failure
}

const nameOf = (row: Row): string => `${row.metric.name} of ${row.case} in ${row.side}`

const MORE_SAMPLES =
  'measure longer (--max-duration), give each side a folder of runs, or compare fewer figures at once'

async function reportOn(paths: readonly string[], options: CompareOptions): Promise<SidesReport> {
  const [base = '', ...others] = paths
  if (others.length > 0) {
    const sides = []
    for (const path of others) sides.push(await readSide(path))
    return compareSides(await readSide(base), sides, options)
  }
  const { records, leftOut } = await recordsAt([base])
  const comparisons = records.filter((record) => record.kind === 'comparison')
  if (comparisons.length > 0) {
    const report = compareCompetitors(comparisons, options)
    return { ...report, notes: [...report.notes, ...leftOutNotes(leftOut)] }
  }
  throw new UsageError('E_COMPARE', `there is nothing to compare ${base} with`, {
    hint: 'name the base first and then what is new: greenbench compare base.json new.json',
  })
}

function optionsOf({ metric, maxRegress, test, allowDifferent, seed }: CompareSettings): CompareOptions {
  return {
    metrics: [...new Set((metric ?? [DEFAULT_METRIC]).map(metricNamed))],
    maxRegress: maxRegress ?? 0,
    seed: seed ?? 1,
    allowed: (allowDifferent ?? []).map(conditionNamed),
    ...(test === undefined ? {} : { test }),
  }
}

function metricNamed(name: string): Metric {
  const known = METRICS.filter(isComparable)
  const found = known.find((metric) => metric.name.toLowerCase() === name.toLowerCase())
  return (
    found ??
    refuseName(
      '--metric',
      name,
      known.map((metric) => metric.name),
    )
  )
}

function conditionNamed(name: string): Condition {
  return (
    CONDITIONS.find((condition) => condition === name.toLowerCase()) ??
    refuseName('--allow-different', name, CONDITIONS)
  )
}

function refuseName(option: string, name: string, names: readonly string[]): never {
  const [meant] = closestNames(name, names)
  throw new UsageError('E_OPTION_VALUE', `${option}: there is no ${JSON.stringify(name.slice(0, 60))}`, {
    hint: meant === undefined ? `choose from ${names.join(', ')}` : `did you mean ${meant}?`,
  })
}

async function show(report: SidesReport, settings: CompareSettings, terminal: Terminal): Promise<void> {
  const { markdown, junit, benchmarkAction } = settings
  const json = () => import('../results/compare/sides-json.js')
  const forms = {
    json: async () => (await json()).sidesJson(report),
    table: async () => {
      const { sidesText } = await import('../results/compare/sides-text.js')
      const view = plotViewOf(terminal, settings.color !== false)
      const table = sidesText(report, view.width, view.style)
      if (settings.plot !== true) return table
      const { sideBars } = await import('../results/plot/side-bars.js')
      return `${table}\n${sideBars(report, view)}`
    },
  }
  await showResult(settings, forms, terminal, [
    { path: markdown, form: () => markdownOf(report) },
    { path: junit, form: async () => (await import('../results/compare/sides-junit.js')).sidesJunit(report) },
    { path: benchmarkAction, form: async () => (await json()).sidesBenchmarkAction(report) },
  ])
}

const markdownOf = async (report: SidesReport): Promise<string> =>
  (await import('../results/compare/sides-markdown.js')).sidesMarkdown(report)
