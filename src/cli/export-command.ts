/** `greenbench export <result.json...> --to <name>`: recorded results for other programs; the network only where it is asked for. */
import { UsageError } from '../core/errors.js'
import type { ResultRecord } from '../core/record.js'
import { ExportError } from '../results/export/export-error.js'
import { FILE_EXPORTS } from '../results/export/export-file.js'
import { exportablesOf } from '../results/export/exportable.js'
import { printable } from '../results/printable.js'
import { recordsAt } from '../results/records-at.js'
import { EXIT } from './failure.js'
import type { Settings } from './option-definition.js'
import { EXPORT_OPTIONS } from './options/export-options.js'
import { checkFiles } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { recordSources } from './sources.js'
import { tellLeftOut } from './tell-left-out.js'
import { type Terminal, write } from './terminal.js'
import { STANDARD_OUTPUT, writeText } from './text-output.js'

type ExportSettings = Settings<typeof EXPORT_OPTIONS>

/**
 * @param paths - files that `--json` wrote, or folders of them
 * @returns the exit code
 */
export async function exportCommand(paths: readonly string[], given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = await readOptions(EXPORT_OPTIONS, given, terminal)
  const { to, output = STANDARD_OUTPUT } = settings
  if (to === undefined) {
    throw new UsageError('E_EXPORT_TARGET', 'export to what?', {
      hint: 'for example --to prometheus; see greenbench export --help',
    })
  }
  const isFile = to !== 'mlflow' && to !== 'otel'
  if (isFile) await checkFiles({ '-o': output }, recordSources(paths))
  const { records, leftOut } = await recordsAt(paths)
  await tellLeftOut(leftOut, terminal)
  if (records.length === 0) throw new ExportError(`${paths.join(', ')}: no result to export`)
  if (isFile) await toFile(to, records, { ...settings, output }, terminal)
  else await toServer(to, records, settings, terminal)
  return EXIT.success
}

async function toFile(
  to: keyof typeof FILE_EXPORTS,
  records: readonly ResultRecord[],
  choice: { readonly output: string; readonly quiet?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { text, leftOut } = await FILE_EXPORTS[to](records)
  await tellLeftOut(leftOut, terminal)
  await writeText(text, choice, terminal)
}

async function toServer(
  to: 'mlflow' | 'otel',
  records: readonly ResultRecord[],
  settings: ExportSettings,
  terminal: Terminal,
): Promise<void> {
  const { exported, leftOut } = exportablesOf(records)
  if (exported.length === 0) throw new ExportError('none of these records has figures to export')
  await tellLeftOut(leftOut, terminal)
  const say = async (line: string): Promise<void> => {
    if (settings.quiet !== true) await write(terminal.stdout, `${printable(line)}\n`)
  }
  const timeoutMilliseconds = settings.timeout === undefined ? undefined : settings.timeout * 1000
  if (to === 'otel') {
    const { exportToOpenTelemetry } = await import('../results/export/opentelemetry.js')
    const url = settings.url
    if (url === undefined) checkCollector(terminal)
    await exportToOpenTelemetry(exported, { url, timeoutMilliseconds, isStrict: true }, ({ record }, metrics) =>
      say(`${record.model.name}: ${metrics} metrics`),
    )
    return
  }
  const { exportToMlflow } = await import('../results/export/mlflow.js')
  await exportToMlflow(exported, { ...mlflowTarget(settings, terminal), timeoutMilliseconds }, ({ record }, run) =>
    say(`${record.model.name}: ${run.metrics} metrics, ${run.params} params, ${run.url}`),
  )
}

function mlflowTarget(settings: ExportSettings, { environment }: Terminal) {
  const { url = environment.MLFLOW_TRACKING_URI, experiment = 'greenbench', runId } = settings
  if (url === undefined || url === '') {
    throw new UsageError('E_EXPORT_URL', 'where is the MLflow server?', {
      hint: 'give --url http://127.0.0.1:5000, or set MLFLOW_TRACKING_URI',
    })
  }
  const { mlflowToken: token, mlflowUser: username, mlflowPassword: password } = settings
  return { uri: url, experiment, runId, token, username, password }
}

/** The library would send to this machine when nobody says where to; this one asks the network only for what is named. */
function checkCollector({ environment }: Terminal): void {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metrics } = environment
  if ([all, metrics].some((address) => address !== undefined && address !== '')) return
  throw new UsageError('E_EXPORT_URL', 'where is the collector of OpenTelemetry?', {
    hint: 'give --url http://127.0.0.1:4318, or set OTEL_EXPORTER_OTLP_ENDPOINT',
  })
}
