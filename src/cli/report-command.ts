/** `greenbench report <result.json...>`: recorded results as a page or a document to hand on. */
import { greenbenchVersion } from '../../benchmarks/versions.js'
import { FormatError } from '../core/errors.js'
import { recordsAt } from '../results/records-at.js'
import { REPORT_FORMATS, type ReportFormat, reportFormatOf } from '../results/report/report-formats.js'
import { EXIT } from './failure.js'
import { REPORT_OPTIONS } from './options/report-options.js'
import { checkFiles } from './output-choice.js'
import type { GivenValues } from './program.js'
import { fromCommandLine, readSettings } from './settings.js'
import { recordSources } from './sources.js'
import { tellLeftOut } from './tell-left-out.js'
import { plotViewOf, type Terminal, write } from './terminal.js'
import { STANDARD_OUTPUT, writeText } from './text-output.js'

/**
 * @param paths - files that `--json` wrote, or folders of them
 * @returns the exit code
 */
export async function reportCommand(paths: readonly string[], given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = readSettings(REPORT_OPTIONS, [fromCommandLine(given, terminal.folder)])
  const { output = STANDARD_OUTPUT, title, plot, color } = settings
  await checkFiles({ '-o': output }, recordSources(paths))
  const format: ReportFormat = REPORT_FORMATS[settings.format ?? reportFormatOf(output)]
  const { records, leftOut } = await recordsAt(paths)
  await tellLeftOut(leftOut, terminal)
  if (records.length === 0) throw new FormatError('E_REPORT_EMPTY', `${paths.join(', ')}: no result to report`)
  if (plot === true) {
    const { recordPlots } = await import('../results/plot/record-plots.js')
    await write(terminal.stdout, recordPlots(records, plotViewOf(terminal, color !== false)))
    if (output === STANDARD_OUTPUT) return EXIT.success
  }
  const text = await format.write(records, { title, version: greenbenchVersion() })
  await writeText(text, { output, quiet: settings.quiet }, terminal)
  return EXIT.success
}
