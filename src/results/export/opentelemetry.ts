/** Records to a collector of OpenTelemetry by OTLP over HTTP in JSON; the library is an optional peer. */
import { UsageError } from '../../core/errors.js'
import { quoted } from '../../core/quoted.js'
import { ExportError } from './export-error.js'
import type { Exportable } from './exportable.js'
import { faultOfAnswer } from './opentelemetry-answer.js'
import { type OpenTelemetryWords, openTelemetryMetrics, resourceAttributes } from './opentelemetry-metrics.js'
import { watchRequests } from './watched-requests.js'

/** Where records go. Headers, keys, certificates and time limits come from `OTEL_EXPORTER_OTLP_...` in the environment. */
export interface OpenTelemetryTarget {
  /** `http(s)://host:4318`, to which `/v1/metrics` is added, or with a path of its own; the environment's when left out. */
  readonly url?: string | undefined
  /** Of one record, tries again included; 10 s, or what the environment says, when left out. */
  readonly timeoutMilliseconds?: number | undefined
  /** Also fails where the collector rejects a part of the metrics. */
  readonly isStrict?: boolean | undefined
}

/** What loads a package; tests put another one in its place. */
export type ImportModule = (name: string) => Promise<unknown>

/**
 * @param onResult - told how many metrics of each record the collector took
 * @throws {UsageError} `E_EXPORT_URL` for an address that cannot be used
 * @throws {ExportError} `E_EXPORT` without the library, or with what the collector said and how many records it has
 */
export async function exportToOpenTelemetry(
  exported: readonly Exportable[],
  { url, timeoutMilliseconds, isStrict = false }: OpenTelemetryTarget,
  onResult: (one: Exportable, metrics: number) => Promise<void>,
  importModule: ImportModule = (name) => import(name),
): Promise<void> {
  const target = {
    ...(url === undefined ? {} : { url: metricsUrl(url) }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMillis: timeoutMilliseconds }),
  }
  const deadline = deadlineOf(timeoutMilliseconds)
  const { api, sdk, otlp, resources } = await loadOpenTelemetry(importModule)
  const words: OpenTelemetryWords = {
    gauge: sdk.DataPointType.GAUGE,
    sum: sdk.DataPointType.SUM,
    cumulative: sdk.AggregationTemporality.CUMULATIVE,
    double: api.ValueType.DOUBLE,
  }
  const exporter = new otlp.OTLPMetricExporter(target)
  for (const [done, one] of exported.entries()) {
    const metrics = openTelemetryMetrics(one, words)
    const scope = { name: 'greenbench', version: one.record.versions.greenbench ?? '' }
    const resource = resources.resourceFromAttributes(resourceAttributes(one))
    const fault = await send(exporter, { resource, scopeMetrics: [{ scope, metrics }] }, deadline, isStrict)
    if (fault !== undefined) throw refusal(fault, target.url, done, exported.length)
    await onResult(one, metrics.length)
  }
}

type Exporter = Pick<
  InstanceType<typeof import('@opentelemetry/exporter-metrics-otlp-http')['OTLPMetricExporter']>,
  'export'
>
type Metrics = Parameters<Exporter['export']>[0]

/** @returns what keeps the collector from having taken them */
async function send(
  exporter: Exporter,
  metrics: Metrics,
  deadline: number,
  isStrict: boolean,
): Promise<Error | undefined> {
  const requests = watchRequests()
  let timer: NodeJS.Timeout | undefined
  try {
    const error = await new Promise<Error | undefined>((resolve) => {
      timer = setTimeout(() => resolve(new Error('no whole answer in time')), deadline)
      requests.inside(() =>
        exporter.export(metrics, ({ code, error = new Error('') }) => resolve(code === 0 ? undefined : error)),
      )
    })
    const fault = error === undefined ? faultOfAnswer(requests.answer() ?? '', isStrict) : undefined
    return fault === undefined ? error : new Error(fault)
  } finally {
    clearTimeout(timer)
    requests.close()
  }
}

/** The library's own limit, which starts again with every byte of an answer, comes a little before. */
const GRACE_MILLISECONDS = 250

/** @returns ms for one record, by the variables that the library reads */
function deadlineOf(wanted: number | undefined): number {
  const { OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: metrics, OTEL_EXPORTER_OTLP_TIMEOUT: all } = process.env
  const named = [metrics, all].map(Number).find((limit) => Number.isFinite(limit) && limit > 0)
  return GRACE_MILLISECONDS + (wanted ?? named ?? 10_000)
}

function metricsUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('E_EXPORT_URL', `${quoted(text)} is no collector of OpenTelemetry`, {
      hint: 'give the address where it takes OTLP over HTTP, e.g. http://127.0.0.1:4318',
    })
  }
  if (url.pathname === '/') url.pathname = '/v1/metrics'
  return url.href
}

/** In the order in which they are used below. */
const PACKAGES = ['api', 'resources', 'sdk-metrics', 'exporter-metrics-otlp-http'].map(
  (name) => `@opentelemetry/${name}`,
)

async function loadOpenTelemetry(importModule: ImportModule) {
  try {
    const [api, resources, sdk, otlp] = await Promise.all(PACKAGES.map(importModule))
    return {
      api: api as typeof import('@opentelemetry/api'),
      resources: resources as typeof import('@opentelemetry/resources'),
      sdk: sdk as typeof import('@opentelemetry/sdk-metrics'),
      otlp: otlp as typeof import('@opentelemetry/exporter-metrics-otlp-http'),
    }
  } catch (cause) {
    throw new ExportError('the library of OpenTelemetry is not installed', {
      cause,
      hint: `npm install ${PACKAGES.join(' ')}`,
    })
  }
}

function refusal(error: Error, url: string | undefined, done: number, all: number): ExportError {
  const where = url === undefined ? 'the collector' : new URL(url).host
  const status = 'code' in error && typeof error.code === 'number' ? ` (HTTP ${error.code})` : ''
  const reason = error.message === '' ? '' : `: ${quoted(error.message)}`
  const count = all > 1 ? `; ${done} of ${all} records are written` : ''
  return new ExportError(`${where} does not take the metrics${status}${reason}${count}`, {
    cause: error,
    hint: 'is a collector running there, and does it take OTLP over HTTP?',
  })
}
