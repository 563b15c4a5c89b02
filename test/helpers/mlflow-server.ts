/**
 * A tracking server that holds clients to what MLflow documents and its validation enforces: request limits, lengths, names,
 * params that never change.
 *
 * @see https://mlflow.org/docs/latest/api_reference/rest-api.html
 */
import type { IncomingMessage } from 'node:http'
import { bodyOf, serveLoopback } from './loopback-server.js'

/** What the server keeps of one run. */
export interface StoredRun {
  readonly id: string
  readonly experiment: string
  status: string
  endTime: number | undefined
  /** Each point once, as `key, value, timestamp, step`. */
  readonly metrics: Map<string, { key: string; value: number; timestamp: number; step: number }>
  readonly params: Map<string, string>
  readonly tags: Map<string, string>
}

/** What a test may look at. */
export interface MlflowStandIn {
  readonly baseUrl: string
  readonly runs: StoredRun[]
  readonly experiments: Map<string, string>
  /** `METHOD path` of each request with its authorization. */
  readonly requests: { readonly what: string; readonly authorization: string | undefined }[]
  /** Sends so many requests away with 503 before it answers. */
  failures: number
  /** Answers nothing to the first `runs/create`, which it carries out. */
  isCreateSilent: boolean
}

class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message)
  }
}

const NAME = /^[/\w.\- ]*$/
const invalid = (message: string): Refusal => new Refusal('INVALID_PARAMETER_VALUE', message)

interface Entry {
  readonly key: string
  readonly value: string
}

type Body = Readonly<Record<string, unknown>>

export async function mlflowStandIn(): Promise<MlflowStandIn> {
  const state: Omit<MlflowStandIn, 'baseUrl'> = {
    runs: [],
    experiments: new Map([['Default', '0']]),
    requests: [],
    failures: 0,
    isCreateSilent: false,
  }
  const baseUrl = await serveLoopback(async (request, response) => {
    const text = await bodyOf(request)
    const path = new URL(request.url ?? '', 'http://x').pathname.replace('/api/2.0/mlflow/', '')
    state.requests.push({ what: `${request.method} ${path}`, authorization: request.headers.authorization })
    response.setHeader('content-type', 'application/json')
    if (state.failures-- > 0) {
      response.writeHead(503).end()
      return
    }
    try {
      const answer = JSON.stringify(answerTo(request, path, text, state))
      if (path === 'runs/create' && state.isCreateSilent) {
        state.isCreateSilent = false
        request.socket.destroy()
      } else response.end(answer)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      response.writeHead(error.status).end(JSON.stringify({ error_code: error.code, message: error.message }))
    }
  })
  return Object.assign(state, { baseUrl })
}

function answerTo(
  request: IncomingMessage,
  path: string,
  text: string,
  state: Omit<MlflowStandIn, 'baseUrl'>,
): unknown {
  if (request.method === 'GET' && path === 'experiments/get-by-name') {
    const name = new URL(request.url ?? '', 'http://x').searchParams.get('experiment_name') ?? ''
    const id = state.experiments.get(name)
    if (id === undefined) throw new Refusal('RESOURCE_DOES_NOT_EXIST', `no experiment '${name}'`, 404)
    return { experiment: { experiment_id: id, name, lifecycle_stage: 'active' } }
  }
  if (request.headers['content-type'] !== 'application/json') throw invalid('content-type')
  if (Buffer.byteLength(text) > 1e6) throw invalid('Batched logging API requests must be at most 1000000 bytes')
  const body: Body = JSON.parse(text)
  const answers: Readonly<Record<string, () => unknown>> = {
    'experiments/create': () => createExperiment(body, state),
    'runs/search': () => search(body, state),
    'runs/create': () => createRun(body, state),
    'runs/log-batch': () => logBatch(body, state),
    'runs/update': () => update(body, state),
  }
  const answer = answers[path]
  if (answer === undefined) throw new Refusal('ENDPOINT_NOT_FOUND', path, 404)
  return answer()
}

function createExperiment({ name }: Body, { experiments }: Pick<MlflowStandIn, 'experiments'>) {
  if (typeof name !== 'string' || name === '' || name.length > 500) throw invalid(`Invalid experiment name: '${name}'`)
  if (experiments.has(name)) throw new Refusal('RESOURCE_ALREADY_EXISTS', `Experiment '${name}' already exists.`)
  experiments.set(name, String(experiments.size))
  return { experiment_id: experiments.get(name) }
}

function search({ filter, experiment_ids }: Body, { runs }: Pick<MlflowStandIn, 'runs'>) {
  const [, key = '', value = ''] = /^tags\.(\w+) = '([^']*)'$/.exec(String(filter)) ?? []
  if (key === '') throw invalid(`Invalid filter string: ${String(filter)}`)
  const found = runs.filter(
    ({ tags, experiment }) => tags.get(key) === value && (experiment_ids as string[]).includes(experiment),
  )
  return found.length === 0 ? {} : { runs: found.map(({ id }) => ({ info: { run_id: id } })) }
}

function createRun({ experiment_id, start_time, tags }: Body, { runs, experiments }: Omit<MlflowStandIn, 'baseUrl'>) {
  if (![...experiments.values()].includes(String(experiment_id))) {
    throw new Refusal('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${String(experiment_id)} exists`, 404)
  }
  if (!Number.isInteger(start_time)) throw invalid('start_time')
  const run: StoredRun = {
    id: `${runs.length}`.padStart(32, 'f'),
    experiment: String(experiment_id),
    status: 'RUNNING',
    endTime: undefined,
    metrics: new Map(),
    params: new Map(),
    tags: new Map(checked(tags as Entry[], 5000)),
  }
  runs.push(run)
  return { run: { info: { run_id: run.id, experiment_id: run.experiment } } }
}

function logBatch({ run_id, metrics = [], params = [], tags = [] }: Body, { runs }: Pick<MlflowStandIn, 'runs'>) {
  const run = runNamed(run_id, runs)
  const lists = { metrics, params, tags } as { metrics: { key: string }[]; params: Entry[]; tags: Entry[] }
  const most = { metrics: 1000, params: 100, tags: 100 }
  for (const [kind, list] of Object.entries(lists)) {
    const limit = most[kind as keyof typeof most]
    if (list.length > limit) throw invalid(`A batch logging request can contain at most ${limit} ${kind}.`)
  }
  for (const [key, value] of checked(lists.params, 500)) {
    if ((run.params.get(key) ?? value) !== value) throw invalid(`Changing param values is not allowed: ${key}`)
    run.params.set(key, value)
  }
  for (const [key, value] of checked(lists.tags, 5000)) run.tags.set(key, value)
  for (const metric of lists.metrics as { key: string; value: number; timestamp: number; step: number }[]) {
    checkName(metric.key)
    const { value, timestamp, step } = metric
    if (typeof value !== 'number' || !Number.isInteger(timestamp) || timestamp < 0 || !Number.isInteger(step)) {
      throw invalid(`Got invalid value for metric '${metric.key}'`)
    }
    run.metrics.set(JSON.stringify([metric.key, value, timestamp, step]), metric)
  }
  return {}
}

function update({ run_id, status, end_time }: Body, { runs }: Pick<MlflowStandIn, 'runs'>) {
  const run = runNamed(run_id, runs)
  if (!['FINISHED', 'FAILED', 'KILLED'].includes(String(status))) throw invalid(`status ${String(status)}`)
  Object.assign(run, { status, endTime: end_time })
  return { run_info: { run_id, experiment_id: run.experiment } }
}

function runNamed(id: unknown, runs: readonly StoredRun[]): StoredRun {
  const run = runs.find((one) => one.id === id)
  if (run === undefined) throw new Refusal('RESOURCE_DOES_NOT_EXIST', `Run '${String(id)}' not found`, 404)
  return run
}

function checked(entries: readonly Entry[], longest: number): [string, string][] {
  if (new Set(entries.map(({ key }) => key)).size !== entries.length) throw invalid('Duplicate parameter keys')
  return entries.map(({ key, value }) => {
    checkName(key)
    if (typeof value !== 'string' || value.length > longest) throw invalid(`${key} exceeded length limit of ${longest}`)
    return [key, value]
  })
}

/** Names may be treated as files, so that they must not resolve to others. */
function checkName(name: string): void {
  if (!NAME.test(name) || name === '' || name.length > 250) throw invalid(`Invalid name: '${name}'`)
  if (name === '.' || name.startsWith('..') || name.startsWith('/') || /\/\/|\/\.?\/|\/\.?$/.test(name)) {
    throw invalid(`Names may be treated as files: '${name}'`)
  }
}
