/** `greenbench statement <results...>`: the energy and CO2 of many recorded runs in sentences for a paper. */
import { type CarbonFactor, carbonFactor } from '../carbon/carbon-factor.js'
import { checkedPue } from '../carbon/emission.js'
import { socialCost } from '../carbon/social-cost.js'
import { FormatError, GreenbenchError, UsageError } from '../core/errors.js'
import type { DocumentText } from '../results/document/document.js'
import { readRecords, recordFilesIn } from '../results/read-record.js'
import { NO_RECORD, reasonOf } from '../results/records-at.js'
import { collectRuns, type RecordFile } from '../results/statement/collect-runs.js'
import { statementDocument } from '../results/statement/statement.js'
import { impactOf } from '../results/statement/totals.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import type { Settings } from './option-definition.js'
import { STATEMENT_OPTIONS } from './options/statement-options.js'
import { checkFiles } from './output-choice.js'
import type { GivenValues } from './program.js'
import { fromCommandLine, readSettings } from './settings.js'
import { recordSources } from './sources.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'
import { STANDARD_OUTPUT, writeText } from './text-output.js'

type StatementSettings = Settings<typeof STATEMENT_OPTIONS>

/**
 * A place of the environment or of a config file says where this machine is, which need not be where the runs were: only the
 * command line counts.
 *
 * @param paths - folders of files that `--json` wrote, or the files
 * @returns the exit code
 */
export async function statementCommand(
  paths: readonly string[],
  given: GivenValues,
  terminal: Terminal,
): Promise<number> {
  const { settings } = readSettings(STATEMENT_OPTIONS, [fromCommandLine(given, terminal.folder)])
  const { output = STANDARD_OUTPUT, format = 'text' } = settings
  await checkFiles({ '-o': output }, recordSources(paths))
  const factor = await givenFactor(settings)
  const { runs, leftOut } = collectRuns(await filesOf(paths))
  if (runs.length === 0) throw nothingToSum(paths, leftOut)
  const pue = settings.pue === undefined ? factor?.pue?.value : checkedPue(settings.pue)
  const statement = statementDocument({
    impacts: runs.map((run) => impactOf(run, { factor, pue })),
    leftOut,
    socialCost: socialCost(settings.socialCost),
    isOtherPlace: factor !== undefined,
  })
  const text = await drawn(statement, format, output, settings, terminal)
  await writeText(text, { output, quiet: settings.quiet }, terminal)
  return EXIT.success
}

/** @returns `undefined` where the user names no place: each record then keeps its own */
async function givenFactor(settings: StatementSettings): Promise<CarbonFactor | undefined> {
  const { country, zone, lat, lon, address, cloud, carbonIntensity } = settings
  if ([country, zone, lat, lon, address, cloud, carbonIntensity].every((one) => one === undefined)) return undefined
  const { carbonIntensity: intensity, ...place } = footprintOptions(settings)
  if (typeof intensity === 'object') {
    throw new UsageError('E_CARBON_INTENSITY', 'a carbon intensity by the hour cannot be given to runs of other days', {
      hint: 'give one figure, e.g. --carbon-intensity 56',
    })
  }
  return carbonFactor({ ...place, intensity })
}

async function filesOf(paths: readonly string[]): Promise<readonly RecordFile[]> {
  const found = await recordFilesIn(paths)
  const files: RecordFile[] = []
  for (const file of found.files) {
    const read = readRecords(file).then((records) =>
      records.length === 0 ? { path: file, records, problem: NO_RECORD } : { path: file, records },
    )
    files.push(await read.catch((error: unknown) => unreadable(file, error)))
  }
  return [...files, ...found.leftOut.map(({ what, reason }) => ({ path: what, records: [], problem: reason }))]
}

function unreadable(path: string, error: unknown): RecordFile {
  if (!(error instanceof GreenbenchError)) throw error
  return { path, records: [], problem: reasonOf(error, path) }
}

const nothingToSum = (paths: readonly string[], leftOut: ReturnType<typeof collectRuns>['leftOut']): FormatError => {
  const [first] = leftOut
  const why = first === undefined ? 'there are no .json files' : `${first.what}: ${first.reason}`
  return new FormatError('E_STATEMENT', `no run with energy in ${paths.join(', ')} (${why})`, {
    hint: 'give the folder where --json wrote the records of runs',
  })
}

async function drawn(
  statement: DocumentText,
  format: 'text' | 'md' | 'latex',
  output: string,
  { color }: StatementSettings,
  terminal: Terminal,
): Promise<string> {
  if (format === 'md') return (await import('../results/document/markdown.js')).markdownText(statement)
  if (format === 'latex') return (await import('../results/document/latex.js')).latexPart(statement)
  const { plainText } = await import('../results/document/plain-text.js')
  const { plainStyle } = await import('../results/text-style.js')
  const style = output === STANDARD_OUTPUT ? styleOf(terminal, 'stdout', color !== false) : plainStyle
  return plainText(statement, { width: widthOf(terminal), style })
}
