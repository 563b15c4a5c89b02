/** Writes an appendix: a page of all groups, one for each group and each run, grouped by a specification that is only data. */
import { relative, sep } from 'node:path'
import { FormatError, InterruptedError } from '../../core/errors.js'
import { fileNamesOf } from '../pages/file-name.js'
import { html, nameOf } from '../pages/html.js'
import { type RecordFiles, recordFilesIn } from '../read-record.js'
import { runPage } from '../site/run-page.js'
import { writeAssets } from '../site/site-assets.js'
import { fillSite, type SiteFolder } from '../site/site-folder.js'
import { type AppendixRun, appendixRun, askedVariables, type ShownRun } from './appendix-run.js'
import type { AppendixSpec } from './appendix-spec.js'
import { countingRuns, type LeftOutFile, runsIn } from './counting-runs.js'
import { appendixIndex, groupPage } from './group-page.js'
import { flattened, type GroupedRuns, groupRuns } from './grouped-runs.js'

/** Where an appendix goes, and what it is made of beside the specification. */
export interface AppendixOptions {
  /** Files and folders of records. */
  readonly results: readonly string[]
  /** That paths are told from. */
  readonly base: string
  readonly folder: string
  readonly title: string
  readonly version: string
  /** Puts the records themselves beside the pages of their runs. */
  readonly withData: boolean
  readonly signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

/** What was written. */
export interface WrittenAppendix {
  readonly runs: number
  readonly groups: number
  readonly leftOut: number
}

/**
 * One record is in memory at a time; of the others their figures are.
 *
 * @throws {FormatError} `E_APPENDIX_...`, and `E_APPENDIX_EMPTY` where there is no run
 * @throws {OutputError} `E_OUTPUT` where the folder holds other files or cannot be written
 * @throws {InterruptedError} when `signal` aborts; the folder is left as it was
 */
export async function writeAppendix(spec: AppendixSpec, options: AppendixOptions): Promise<WrittenAppendix> {
  // A filter that is no expression is told before an hour of reading.
  groupRuns(spec, [])
  const found = await recordFilesIn(options.results)
  return fillSite(options.folder, (folder) => writePages(spec, found, folder, options))
}

async function writePages(
  spec: AppendixSpec,
  found: RecordFiles,
  folder: SiteFolder,
  options: AppendixOptions,
): Promise<WrittenAppendix> {
  await writeAssets(folder)
  const { runs, leftOut: records } = await writeRuns(found.files, askedVariables(spec), folder, options)
  const links = found.leftOut.map(({ what, reason }) => ({ path: pathFrom(options, what), reason }))
  const leftOut = [...records, ...links]
  if (runs.length === 0) throw nothing(leftOut)
  const groups = groupRuns(spec, runs)
  const all = flattened(groups)
  const names = fileNamesOf(all.map(keyOf))
  const pages = {
    title: options.title,
    version: options.version,
    nameOfGroup: (group: GroupedRuns) => names.get(keyOf(group)) ?? '',
  }
  for (const group of all) await folder.write(`groups/${pages.nameOfGroup(group)}.html`, await groupPage(group, pages))
  await folder.write('index.html', await appendixIndex(groups, leftOut, pages))
  return { runs: runs.length, groups: all.length, leftOut: leftOut.length }
}

const pathFrom = ({ base }: AppendixOptions, path: string): string => relative(base, path).split(sep).join('/')

/** Titles may repeat at different places. */
const keyOf = ({ path }: GroupedRuns): string => path.join(' / ')

async function writeRuns(
  files: readonly string[],
  variables: readonly string[],
  folder: SiteFolder,
  options: AppendixOptions,
) {
  const runs: AppendixRun[] = []
  const stop = () => stopIfAborted(options)
  const { kept, leftOut } = await countingRuns(files, { pathOf: (file) => pathFrom(options, file), beforeEach: stop })
  for (const [index, file] of files.entries()) {
    const wanted = kept.get(file)
    const shown = wanted === undefined ? [] : runsIn(file).shown.filter((_run, place) => wanted.has(place))
    for (const run of shown) {
      runs.push(await writeRun(run, pathFrom(options, file), `run-${runs.length + 1}`, { variables, folder, options }))
    }
    stop()
    options.onProgress?.(index + 1, files.length)
  }
  return { runs, leftOut }
}

function stopIfAborted({ signal, folder }: AppendixOptions): void {
  if (signal?.aborted === true) throw new InterruptedError(`interrupted: ${folder} is as it was`)
}

interface RunPages {
  readonly variables: readonly string[]
  readonly folder: SiteFolder
  readonly options: AppendixOptions
}

async function writeRun(
  shown: ShownRun,
  path: string,
  page: string,
  { variables, folder, options: { withData, version, title } }: RunPages,
): Promise<AppendixRun> {
  const { run: record } = shown
  if (withData) await folder.write(`data/${page}.json`, `${JSON.stringify(record)}\n`)
  const { id, model, startedAt } = record
  const trail = html`<a href="../index.html">${nameOf(title)}</a>`
  const dataFile = withData ? `../data/${page}.json` : undefined
  await folder.write(
    `runs/${page}.html`,
    await runPage({ id, modelName: model.name, startedAt, record, trail, dataFile }, version),
  )
  return appendixRun(shown, path, page, variables)
}

function nothing([first]: readonly LeftOutFile[]): FormatError {
  const why = first === undefined ? 'no .json file was found' : `${first.path}: ${first.reason}`
  return new FormatError('E_APPENDIX_EMPTY', `there is no run to show: ${why}`, {
    hint: 'give files or folders of records: greenbench model.onnx --images photos --json results/run.json',
  })
}
