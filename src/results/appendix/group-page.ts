/** Pages of an appendix: groups beside each other with their means, and one group with its figures and its runs. */
import { drawCharts } from '../charts/draw-charts.js'
import { type ScatterGroup, scatterChart } from '../charts/scatter-chart.js'
import { counted } from '../count-text.js'
import { foreign, type Html, html, nameOf } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { pageTable } from '../pages/table.js'
import { formatExact, formatPlain } from '../quantity.js'
import { assetsAt } from '../site/site-assets.js'
import { type AppendixRun, variablesOf } from './appendix-run.js'
import type { AppendixGroup } from './appendix-spec.js'
import type { GroupedRuns } from './grouped-runs.js'
import { type Summary, summaryOf, summaryText } from './summary.js'
import { restsOnEnergy, variableOf } from './variable.js'

/** What all pages of an appendix share. */
export interface AppendixPages {
  readonly title: string
  readonly version: string
  /** Of the page of a group, without ending. */
  nameOfGroup(group: GroupedRuns): string
}

/** In place of a mean. */
const MIXED = 'of different kinds'

/** Runs of a group that its page lists. */
const MOST_RUNS = 2000

/** @param leftOut - files that are not in it, with the reasons */
export async function appendixIndex(
  groups: readonly GroupedRuns[],
  leftOut: readonly { readonly path: string; readonly reason: string }[],
  pages: AppendixPages,
): Promise<string> {
  return pageText({
    title: pages.title,
    main: html`${groups.map(
      (
        group,
      ) => html`<section class="record" aria-labelledby="${pages.nameOfGroup(group)}"><h2 id="${pages.nameOfGroup(group)}"><a href="groups/${pages.nameOfGroup(group)}.html">${nameOf(group.title)}</a></h2>
${descriptionOf(group)}
${childTable(group, 'groups/', pages)}</section>
`,
    )}${leftOutTable(leftOut)}`,
    colophon: colophonOf(pages),
    assets: assetsAt(0),
  })
}

const colophonOf = ({ version }: AppendixPages): Html =>
  html`Written by greenbench ${version}. SE: standard error of the mean. A figure called power by an older tool is energy.`

function leftOutTable(leftOut: readonly { readonly path: string; readonly reason: string }[]): Html {
  if (leftOut.length === 0) return html``
  return html`<section aria-labelledby="left-out"><h2 id="left-out">What was left out</h2>${pageTable({
    caption: `${counted(leftOut.length, 'file or record', 'files or records')} in no group${leftOut.length > MOST_RUNS ? `, the first ${MOST_RUNS}` : ''}`,
    head: ['File', 'Reason'],
    rows: leftOut.slice(0, MOST_RUNS).map(({ path, reason }) => ({ cells: [path, reason] })),
  })}</section>`
}

/** @returns the page of one group: its children beside each other, then all its figures, then its runs */
export async function groupPage(grouped: GroupedRuns, pages: AppendixPages): Promise<string> {
  return pageText({
    title: grouped.title,
    trail: html`<a href="../index.html">${nameOf(pages.title)}</a>${grouped.path.slice(0, -1).map((title) => html` / ${nameOf(title)}`)}`,
    main: html`${descriptionOf(grouped)}
${grouped.children.length > 0 && html`<h2>Groups</h2>${childTable(grouped, '', pages)}`}
${await drawCharts(plotsOf(grouped), { anchor: 'plot', isUnfolded: false })}
<h2>${counted(grouped.runs.length, 'run')} in all</h2>
${figureTable(grouped)}
${runTable(grouped)}`,
    colophon: colophonOf(pages),
    assets: assetsAt(1),
  })
}

function descriptionOf({ group, runs }: GroupedRuns): Html {
  const { description, extra_files_processor } = group
  return html`${description !== undefined && html`<p>${foreign(description)}</p>`}${
    extra_files_processor !== undefined &&
    html`<p class="lead">What the code named in <code>extra_files_processor</code> would add is not here: code of a specification is never run.</p>`
  }<p class="lead">${counted(runs.length, 'run')}${kindsOf(runs)}</p>${mixtureNote(runs)}${sharingNote(runs, variablesOf(group))}`
}

function mixtureNote(runs: readonly AppendixRun[]): Html | undefined {
  const kinds = new Set(runs.flatMap(({ energyKind }) => energyKind ?? []))
  if (kinds.size < 2) return undefined
  return html`<div class="note"><p>This group has ${[...kinds].sort().join(' and ')} runs: there is no mean of their energy and CO2.</p><p>Tell them apart by a filter: the word stands at the end of what filters look at.</p></div>`
}

/** Where runs of one process are told its length or its time. */
function sharingNote(runs: readonly AppendixRun[], names: readonly string[]): Html | undefined {
  const titles = names.map(variableOf).flatMap(({ isOfProcess, title }) => (isOfProcess ? [title] : []))
  const processes = new Set(runs.map(({ process }) => process)).size
  if (titles.length === 0 || processes === runs.length) return undefined
  return html`<p class="lead">Models that were measured in turn share the time that it took: these ${counted(runs.length, 'run')} are of ${counted(processes, 'measurement')}, each of which counts once in ${titles.join(', ')}.</p>`
}

/** e.g. `; energy: 3 measured, 1 modelled`. */
function kindsOf(runs: readonly AppendixRun[]): string {
  const counts = new Map<string, number>()
  for (const { energyKind = 'not known' } of runs) counts.set(energyKind, (counts.get(energyKind) ?? 0) + 1)
  if (counts.size === 0) return ''
  return `; energy: ${[...counts]
    .sort()
    .map(([kind, count]) => `${formatExact(count)} ${kind}`)
    .join(', ')}`
}

/** Mean and standard error of each child, ordered as the group wants it. */
function childTable(grouped: GroupedRuns, folder: string, pages: AppendixPages): Html {
  const names = variablesOf(grouped.group)
  return pageTable({
    caption: `Groups of ${grouped.title}: mean and standard error`,
    head: ['Group', 'Runs', ...names.map((name) => variableOf(name).title)],
    rows: ordered(grouped).map((child) => ({
      cells: [
        html`<a href="${folder}${pages.nameOfGroup(child)}.html">${nameOf(child.title)}</a>`,
        String(child.runs.length),
        ...names.map((name) =>
          isMixed(child.runs, name) ? MIXED : summaryText(summaryOfRuns(child.runs, name), variableOf(name).unit),
        ),
      ],
    })),
    numbers: ['', ...names].map((_, index) => index + 1),
  })
}

/** By the mean of the ordering variable, highest first unless told; groups that do not know it come last. */
function ordered({ children, group }: GroupedRuns): readonly GroupedRuns[] {
  const { executive_summary_ordering_variable: name, executive_summary_ordering = 'descending' } = group
  if (name === undefined) return children
  const sign = executive_summary_ordering === 'ascending' ? 1 : -1
  const meanOf = new Map(children.map((child) => [child, summaryOfRuns(child.runs, name)?.mean]))
  return [...children].sort((one, other) => {
    const [first, second] = [meanOf.get(one), meanOf.get(other)]
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined)
    return sign * (first - second)
  })
}

const summaryOfRuns = (runs: readonly AppendixRun[], name: string): Summary | undefined =>
  isMixed(runs, name) ? undefined : summaryOf(counting(runs, name).map(({ values }) => values.get(name)))

/** One run of each process where the figure is of the process. */
function counting(runs: readonly AppendixRun[], name: string): readonly AppendixRun[] {
  if (!variableOf(name).isOfProcess) return runs
  return [...new Map(runs.filter(({ values }) => values.has(name)).map((run) => [run.process, run])).values()]
}

/** A mean over measured and modelled runs would be a figure of neither. */
function isMixed(runs: readonly AppendixRun[], name: string): boolean {
  if (!restsOnEnergy(name)) return false
  return new Set(runs.flatMap(({ values, energyKind }) => (values.has(name) ? (energyKind ?? []) : []))).size > 1
}

/** Runs of each child, or all of them where there are none. */
function plotsOf({ group, children, runs, title }: GroupedRuns) {
  const groups = children.length === 0 ? [{ title, runs }] : children
  return (group.executive_summary_plots ?? []).map(
    ({ x, y }: NonNullable<AppendixGroup['executive_summary_plots']>[number]) =>
      scatterChart(
        groups.map((one): ScatterGroup => ({ name: one.title, points: pointsOf(one.runs, x, y) })),
        variableOf(x),
        variableOf(y),
      ),
  )
}

const pointsOf = (runs: readonly AppendixRun[], x: string, y: string): [number, number][] =>
  runs.flatMap(({ values }): [number, number][] => {
    const [across, upright] = [values.get(x), values.get(y)]
    return across === undefined || upright === undefined ? [] : [[across, upright]]
  })

function figureTable({ group, runs }: GroupedRuns): Html {
  const rows = variablesOf(group).map((name) => {
    const { title, unit, isAdditive } = variableOf(name)
    const summary = summaryOfRuns(runs, name)
    if (isMixed(runs, name)) return { cells: [title, String(runs.length), MIXED, MIXED, MIXED] }
    if (summary === undefined) return { cells: [title, '0', 'not known', 'not known', 'not known'] }
    const { count, mean, standardError, sum } = summary
    const error = standardError === undefined ? 'not known' : formatPlain(standardError, unit)
    return {
      cells: [
        title,
        String(count),
        formatPlain(mean, unit),
        error,
        isAdditive ? formatPlain(sum, unit) : 'does not add up',
      ],
    }
  })
  const head = ['Figure', 'Runs', 'Mean', 'Standard error', 'Sum']
  return pageTable({ caption: 'Mean, standard error and sum', head, rows, numbers: [1, 2, 3, 4] })
}

function runTable({ group, runs }: GroupedRuns): Html {
  const names = variablesOf(group)
  const rows = runs.slice(0, MOST_RUNS).map(({ page, modelName, startedAt, values, reasons }) => ({
    cells: [
      html`<a href="../runs/${page}.html">${nameOf(modelName)}</a>`,
      startedAt.slice(0, 16).replace('T', ' '),
      ...names.map((name) => cellOf(values.get(name), name, reasons.get(name))),
    ],
  }))
  return pageTable({
    caption: `Runs${runs.length > MOST_RUNS ? `, the first ${MOST_RUNS} of ${formatExact(runs.length)}` : ''}`,
    head: ['Model', 'Started', ...names.map((name) => variableOf(name).title)],
    rows,
    numbers: names.map((_, index) => index + 2),
  })
}

function cellOf(value: number | undefined, name: string, reason: string | undefined): string {
  if (value !== undefined) return formatPlain(value, variableOf(name).unit)
  return reason === undefined ? 'not known' : `not known: ${reason}`
}
