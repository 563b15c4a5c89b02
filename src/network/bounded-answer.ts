/** One bounded question to a server: no redirects, a time limit, a size limit, a few tries. */
import { GreenbenchError } from '../core/errors.js'

/** What reaches the network; tests give their own. */
export interface Network {
  readonly fetch: typeof fetch
  /** Waits between two tries. */
  readonly wait: (milliseconds: number) => Promise<void>
}

/** The network of this process. */
export const realNetwork: Network = {
  fetch: globalThis.fetch,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}

/** A question to a server. */
export interface Question {
  readonly url: URL
  /** `GET` when left out. */
  readonly method?: 'GET' | 'POST'
  /** May hold keys, which never reach a message. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  /** Of one try; 10 s when left out. */
  readonly timeoutMilliseconds?: number | undefined
}

/** What a server said. */
export interface Answer {
  readonly status: number
  readonly isOk: boolean
  /** Of an answer that is not ok only the beginning. */
  readonly text: string
}

/** A server said nothing that can be used; the message names it, never a key. */
export class NoAnswerError extends GreenbenchError {
  /** Whether another try may better it. */
  readonly isPassing: boolean

  constructor(message: string, isPassing: boolean) {
    super('E_NETWORK', message)
    this.isPassing = isPassing
  }
}

const DEFAULT_TIMEOUT_MILLISECONDS = 10_000
const MOST_BYTES = 256 * 1024
/** Between the tries. */
const WAITS_MILLISECONDS = [500, 2000]

/** Whether what is sent there can be read by the other end alone: HTTPS, or this machine. */
export const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))

/**
 * Tries three times, with pauses, while `isPassing` says that another try may help.
 *
 * @throws what the last try threw
 */
export async function tryAgain<Result>(
  attempt: () => Promise<Result>,
  isPassing: (error: unknown) => boolean,
  network: Network,
): Promise<Result> {
  for (const pause of WAITS_MILLISECONDS) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error)) throw error
      await network.wait(pause)
    }
  }
  return attempt()
}

/**
 * Asks once.
 *
 * @throws {NoAnswerError} `E_NETWORK` when nothing comes in time, or more than 256 KiB
 */
export async function boundedAnswer(question: Question, network: Network): Promise<Answer> {
  const { url, signal, timeoutMilliseconds: limit = DEFAULT_TIMEOUT_MILLISECONDS } = question
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
    return await Promise.race([ask(question, network, controller.signal), aborted(controller.signal)])
  } catch (error) {
    if (error instanceof NoAnswerError) throw error
    // The cause may hold the request with its headers, so it is left behind.
    throw new NoAnswerError(
      `${url.host} ${isLate ? `does not answer within ${limit / 1000} s` : 'cannot be reached'}`,
      true,
    )
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

async function ask({ url, method = 'GET', headers, body }: Question, network: Network, signal: AbortSignal) {
  const response = await network.fetch(url, {
    method,
    headers: { accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
    // A redirect would carry the key to whoever the server names.
    redirect: 'error',
    signal,
  })
  const { status, ok: isOk } = response
  return { status, isOk, text: await boundedText(response, url) }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Error('aborted'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })

async function boundedText({ body, ok }: Response, { host }: URL): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    bytes += part.byteLength
    if (bytes > MOST_BYTES && !ok) break
    if (bytes > MOST_BYTES) throw new NoAnswerError(`${host} answers with more than ${MOST_BYTES / 1024} KiB`, false)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
