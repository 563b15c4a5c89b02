/** One bounded question to a server: HTTPS, no redirects, a time limit, a size limit, a few tries. */
import { MeasurementError } from '../../core/errors.js'

/** What reaches the network; tests give their own. */
export interface Network {
  readonly fetch: typeof fetch
  /** Waits between two tries. */
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A question to a server. */
export interface JsonRequest {
  readonly url: URL
  /** May hold keys, which never reach a message. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Of one try; 10 s when left out. */
  readonly timeoutMilliseconds?: number | undefined
}

const DEFAULT_TIMEOUT_MILLISECONDS = 10_000
const MOST_BYTES = 256 * 1024
/** Between the tries; a server that asks for longer is not asked again. */
const WAITS_MILLISECONDS = [500, 2000]

/** The network of this process. */
export const realNetwork: Network = {
  fetch: globalThis.fetch,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}

/** An answer that another try may better. */
class PassingError extends MeasurementError {}

/**
 * @returns what the server's JSON says, unchecked
 * @throws {MeasurementError} `E_CARBON_LIVE` in one line that names the server and never a key
 */
export async function fetchJson(request: JsonRequest, network: Network): Promise<unknown> {
  checkUrl(request.url)
  for (const pause of WAITS_MILLISECONDS) {
    try {
      return await fetchOnce(request, network)
    } catch (error) {
      if (!(error instanceof PassingError) || request.signal?.aborted) throw error
      await network.wait(pause)
    }
  }
  return fetchOnce(request, network)
}

async function fetchOnce(request: JsonRequest, network: Network): Promise<unknown> {
  const { url, signal, timeoutMilliseconds: limit = DEFAULT_TIMEOUT_MILLISECONDS } = request
  const controller = new AbortController()
  const end = () => controller.abort()
  let isLate = false
  // A timer of our own: `AbortSignal.timeout` may be collected while the body drips in, and then never ends it.
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, limit)
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  try {
    return await Promise.race([ask(request, network, controller.signal), aborted(controller.signal)])
  } catch (error) {
    if (error instanceof MeasurementError) throw error
    // The cause may hold the request with its headers, so it is left behind.
    const reason = isLate ? `does not answer within ${limit / 1000} s` : 'cannot be reached'
    throw new PassingError('E_CARBON_LIVE', `${url.host} ${reason}`)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

async function ask({ url, headers }: JsonRequest, network: Network, signal: AbortSignal): Promise<unknown> {
  const response = await network.fetch(url, {
    headers: { accept: 'application/json', ...headers },
    // A redirect would carry the key to whoever the server names.
    redirect: 'error',
    signal,
  })
  checkStatus(response, url)
  return parsed(await boundedText(response, url), url)
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Error('aborted'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })

function checkUrl(url: URL): void {
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) return
  throw new MeasurementError(
    'E_CARBON_LIVE',
    `${url.host} is not asked over ${url.protocol}//, which anyone may read`,
    {
      hint: 'give a URL that begins with https://',
    },
  )
}

function checkStatus({ status, ok, body }: Response, { host }: URL): void {
  if (ok) return
  void body?.cancel().catch(() => {})
  const [kind, reason]: [typeof MeasurementError, string] =
    status === 401 || status === 403
      ? [MeasurementError, 'does not accept the key']
      : status === 404 || status === 400
        ? [MeasurementError, 'has no figure for this place']
        : status === 429
          ? [PassingError, 'was asked too often']
          : [status >= 500 ? PassingError : MeasurementError, 'failed']
  throw new kind('E_CARBON_LIVE', `${host} ${reason} (HTTP ${status})`)
}

async function boundedText(response: Response, { host }: URL): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > MOST_BYTES) {
      throw new MeasurementError('E_CARBON_LIVE', `${host} answers with more than ${MOST_BYTES / 1024} KiB`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string, { host }: URL): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MeasurementError('E_CARBON_LIVE', `${host} answers with something that is no JSON`)
  }
}
