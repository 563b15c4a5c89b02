/** Questions to an MLflow tracking server over its REST interface: bounded, with a few tries, and what it refuses in one line. */
import { UsageError } from '../../core/errors.js'
import { quoted } from '../../core/quoted.js'
import {
  type Answer,
  boundedAnswer,
  isPrivate,
  type Network,
  NoAnswerError,
  tryAgain,
} from '../../network/bounded-answer.js'
import { ExportError } from './export-error.js'

/** How a server is reached. */
export interface MlflowAccess {
  /** `http(s)://host[:port][/path]`; a name and a password in it count as given. */
  readonly uri: string
  readonly token?: string | undefined
  /** With a password it comes before the token, as in MLflow's own client. */
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Of one try; 10 s when left out. */
  readonly timeoutMilliseconds?: number | undefined
}

/** Asks a server. */
export interface MlflowClient {
  /** Without credentials, for people. */
  readonly address: URL
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>
  /** Of what may be said twice. */
  post(path: string, body: unknown): Promise<unknown>
  /** Tries a few questions in a row once more from the first, for those that must not be asked twice on their own. */
  again<Result>(attempt: (postOnce: MlflowClient['post']) => Promise<Result>): Promise<Result>
}

/** The server understood and said no. */
export class MlflowRefusal extends ExportError {
  /** `RESOURCE_DOES_NOT_EXIST`, ...; empty where the server gives none. */
  readonly reason: string

  constructor(message: string, reason: string, hint: string | undefined) {
    super(message, { hint })
    this.reason = reason
  }
}

/** A refusal that another try may better. */
class PassingRefusal extends ExportError {}

/**
 * @throws {UsageError} `E_EXPORT_URL` for what is no HTTP server, or credentials that others could read on their way
 * @see https://mlflow.org/docs/latest/api_reference/rest-api.html
 */
export function mlflowClient(access: MlflowAccess, network: Network): MlflowClient {
  const { base, headers } = checkedAccess(access)
  const { timeoutMilliseconds } = access
  const ask = (path: string, more: { readonly search?: string; readonly body?: string }) =>
    askOnce({ path, base, headers, timeoutMilliseconds, ...more }, network)
  const again = <Result>(attempt: () => Promise<Result>): Promise<Result> =>
    tryAgain(attempt, isPassing, network).catch(toExportError)
  const postOnce = (path: string, body: unknown) => ask(path, { body: JSON.stringify(body) })
  return {
    address: base,
    get: (path, query) => again(() => ask(path, { search: new URLSearchParams(query).toString() })),
    post: (path, body) => again(() => postOnce(path, body)),
    again: (attempt) => again(() => attempt(postOnce)),
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof PassingRefusal || (error instanceof NoAnswerError && error.isPassing)

function checkedAccess({ uri, token, username, password }: MlflowAccess) {
  const base = URL.canParse(uri) ? new URL(uri) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new UsageError('E_EXPORT_URL', `${quoted(withoutCredentials(uri))} is no MLflow server`, {
      hint: 'give the address of a tracking server, e.g. http://127.0.0.1:5000',
    })
  }
  const user = username ?? decodeURIComponent(base.username)
  const secret = password ?? decodeURIComponent(base.password)
  Object.assign(base, { username: '', password: '', search: '', hash: '' })
  const authorization =
    user !== '' && secret !== ''
      ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
      : token === undefined || token === ''
        ? undefined
        : `Bearer ${token}`
  if (authorization !== undefined && !isPrivate(base)) {
    throw new UsageError(
      'E_EXPORT_URL',
      `no password or token goes to ${base.host} over http://, which anyone may read`,
      {
        hint: 'give a URL that begins with https://, or forward a port of this machine to the server',
      },
    )
  }
  return { base, headers: authorization === undefined ? {} : { authorization } }
}

const withoutCredentials = (uri: string): string => uri.replace(/\/\/[^/@]*@/, '//')

interface OneQuestion {
  readonly path: string
  readonly base: URL
  readonly search?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMilliseconds?: number | undefined
}

async function askOnce({ path, base, search = '', headers, body, timeoutMilliseconds }: OneQuestion, network: Network) {
  const url = new URL(`${base.href.replace(/\/+$/, '')}/api/2.0/mlflow/${path}`)
  url.search = search
  const post = body === undefined ? {} : ({ method: 'POST', body } as const)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await boundedAnswer({ url, headers: { ...headers, ...type }, timeoutMilliseconds, ...post }, network)
  if (!answer.isOk) throw refusal(path, answer, url)
  return parsed(answer.text) ?? noMlflow(url)
}

/** Kinds of failure that pass by themselves; MLflow's own client tries those again too. */
const PASSING = new Set([408, 429, 500, 502, 503, 504])

function refusal(path: string, { status, text }: Answer, { host }: URL): ExportError {
  const said = parsed(text)
  const code = typeof said?.error_code === 'string' ? said.error_code : ''
  const words = typeof said?.message === 'string' ? `: ${quoted(said.message)}` : ''
  const message = `${host} refuses ${path} (${[`HTTP ${status}`, code].filter(Boolean).join(', ')})${words}`
  if (PASSING.has(status)) return new PassingRefusal(message, { hint: 'try again later' })
  const hint =
    status === 401 || status === 403
      ? 'give MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, in the environment'
      : undefined
  return new MlflowRefusal(message, code, hint)
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function noMlflow({ host }: URL): never {
  throw new ExportError(`${host} answers with something that no MLflow server says`, {
    hint: 'is this the address of the tracking server?',
  })
}

function toExportError(error: unknown): never {
  if (!(error instanceof NoAnswerError)) throw error
  throw new ExportError(error.message, {
    hint: 'is the server running, and is this its address? redirects are not followed',
  })
}
