/** Records as runs of an experiment of MLflow, by HTTP. */
import { UsageError } from '../../core/errors.js'
import { type Network, realNetwork } from '../../network/bounded-answer.js'
import { ExportError } from './export-error.js'
import type { Exportable } from './exportable.js'
import { type MlflowAccess, type MlflowClient, MlflowRefusal, mlflowClient } from './mlflow-client.js'
import { type MlflowRun, mlflowRun, RECORD_TAG } from './mlflow-run.js'

/** Where records go. */
export interface MlflowTarget extends MlflowAccess {
  /** Name; made where there is none. */
  readonly experiment: string
  /** A run that is there; the experiment does not matter then. */
  readonly runId?: string | undefined
}

/** One record that the server keeps now. */
export interface MlflowResult {
  readonly runId: string
  /** Page of the run. */
  readonly url: string
  readonly metrics: number
  readonly params: number
}

/** Of one request to `runs/log-batch`. */
const MOST = { metrics: 1000, params: 100, tags: 100 } as const

/**
 * A record that the experiment has is written into its run again, which changes nothing: exporting twice does no harm.
 *
 * @param onResult - told of each record as soon as the server has all of it
 * @throws {UsageError} `E_EXPORT_URL` for an address that cannot be used, `E_EXPORT_RUN` for several records and one run
 * @throws {ExportError} `E_EXPORT` with what the server said, and how many records it has
 */
export async function exportToMlflow(
  exported: readonly Exportable[],
  target: MlflowTarget,
  onResult: (one: Exportable, result: MlflowResult) => Promise<void>,
  network: Network = realNetwork,
): Promise<void> {
  const client = mlflowClient(target, network)
  if (target.runId !== undefined && exported.length > 1) {
    throw new UsageError('E_EXPORT_RUN', `${exported.length} records do not fit into the one run ${target.runId}`, {
      hint: 'leave out --run-id: each record then gets a run of its own',
    })
  }
  const experiment = target.runId === undefined ? await experimentNamed(target.experiment, client) : undefined
  for (const [done, one] of exported.entries()) {
    const run = mlflowRun(one)
    try {
      await onResult(one, await write(run, target.runId ?? (await runOf(run, experiment ?? '', client)), client))
    } catch (cause) {
      throw exported.length > 1 ? withCount(cause, done, exported.length) : cause
    }
  }
}

async function experimentNamed(name: string, client: MlflowClient): Promise<string> {
  const found = await lookUp(name, client)
  if (found !== undefined) return found
  try {
    const made = await client.post('experiments/create', { name })
    return textAt(made, ['experiment_id'], client)
  } catch (cause) {
    // Somebody else made it in between.
    const made = isRefusedFor(cause, 'RESOURCE_ALREADY_EXISTS') ? await lookUp(name, client) : undefined
    if (made === undefined) throw cause
    return made
  }
}

async function lookUp(name: string, client: MlflowClient): Promise<string | undefined> {
  try {
    const answer = await client.get('experiments/get-by-name', { experiment_name: name })
    if (valueAt(answer, ['experiment', 'lifecycle_stage']) === 'deleted') {
      throw new ExportError(`the experiment "${name}" of ${client.address.host} is deleted`, {
        hint: 'restore it there, or choose another with --experiment',
      })
    }
    return textAt(answer, ['experiment', 'experiment_id'], client)
  } catch (cause) {
    if (isRefusedFor(cause, 'RESOURCE_DOES_NOT_EXIST')) return undefined
    throw cause
  }
}

/** The run that an earlier export of the same record made, or a new one; a try that made one in silence counts as earlier. */
const runOf = (run: MlflowRun, experiment: string, client: MlflowClient): Promise<string> =>
  client.again((postOnce) => findOrMake(run, experiment, { ...client, post: postOnce }))

async function findOrMake(
  { recordId, name, start }: MlflowRun,
  experiment: string,
  client: MlflowClient,
): Promise<string> {
  const found = await client.post('runs/search', {
    experiment_ids: [experiment],
    filter: `tags.${RECORD_TAG} = '${recordId}'`,
    run_view_type: 'ACTIVE_ONLY',
    max_results: 1,
  })
  const runs = valueAt(found, ['runs'])
  if (Array.isArray(runs) && runs.length > 0) return textAt(runs[0], ['info', 'run_id'], client)
  const made = await client.post('runs/create', {
    experiment_id: experiment,
    run_name: name,
    start_time: start,
    tags: [
      { key: 'mlflow.runName', value: name },
      { key: RECORD_TAG, value: recordId },
    ],
  })
  return textAt(made, ['run', 'info', 'run_id'], client)
}

async function write(run: MlflowRun, runId: string, client: MlflowClient): Promise<MlflowResult> {
  const { metrics, params, status, end } = run
  const log = async (kind: keyof typeof MOST, entries: readonly unknown[]): Promise<void> => {
    for (let first = 0; first < entries.length; first += MOST[kind]) {
      await client.post('runs/log-batch', { run_id: runId, [kind]: entries.slice(first, first + MOST[kind]) })
    }
  }
  await log('params', params)
  await log('tags', run.tags)
  await log('metrics', metrics)
  const updated = await client.post('runs/update', { run_id: runId, status, end_time: end })
  const experiment = valueAt(updated, ['run_info', 'experiment_id'])
  const page = typeof experiment === 'string' ? `#/experiments/${experiment}/runs/${runId}` : `#/runs/${runId}`
  const url = `${client.address.href.replace(/\/*$/, '/')}${page}`
  return { runId, url, metrics: metrics.length, params: params.length }
}

const isRefusedFor = (error: unknown, reason: string): boolean =>
  error instanceof MlflowRefusal && error.reason === reason

function valueAt(json: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined,
    json,
  )
}

/** @throws {ExportError} where the answer has something else there */
function textAt(json: unknown, path: readonly string[], { address }: MlflowClient): string {
  const value = valueAt(json, path)
  if (typeof value === 'string' && /^[\w-]{1,256}$/.test(value)) return value
  throw new ExportError(`${address.host} answers without ${path.join('.')}: it is no MLflow server, or a broken one`)
}

const withCount = (cause: unknown, done: number, all: number): unknown =>
  cause instanceof ExportError
    ? new ExportError(`${cause.message}; ${done} of ${all} records are written`, { hint: cause.hint, cause })
    : cause
