/** One bounded question to a service: HTTPS, JSON, a few tries. */
import { MeasurementError } from '../../core/errors.js'
import {
  type Answer,
  boundedAnswer,
  isPrivate,
  type Network,
  NoAnswerError,
  type Question,
  tryAgain,
} from '../../network/bounded-answer.js'

/** An answer that another try may better. */
class PassingError extends MeasurementError {}

/**
 * @returns what the server's JSON says, unchecked
 * @throws {MeasurementError} `E_CARBON_LIVE` in one line that names the server and never a key
 */
export async function fetchJson(request: Question, network: Network): Promise<unknown> {
  checkUrl(request.url)
  const isPassing = (error: unknown) => error instanceof PassingError && request.signal?.aborted !== true
  return tryAgain(() => fetchOnce(request, network), isPassing, network)
}

async function fetchOnce(request: Question, network: Network): Promise<unknown> {
  const answer = await boundedAnswer(request, network).catch((error: unknown) => {
    if (!(error instanceof NoAnswerError)) throw error
    throw new (error.isPassing ? PassingError : MeasurementError)('E_CARBON_LIVE', error.message)
  })
  checkStatus(answer, request.url)
  return parsed(answer.text, request.url)
}

function checkUrl(url: URL): void {
  if (isPrivate(url)) return
  throw new MeasurementError(
    'E_CARBON_LIVE',
    `${url.host} is not asked over ${url.protocol}//, which anyone may read`,
    {
      hint: 'give a URL that begins with https://',
    },
  )
}

function checkStatus({ status, isOk }: Answer, { host }: URL): void {
  if (isOk) return
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

function parsed(text: string, { host }: URL): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MeasurementError('E_CARBON_LIVE', `${host} answers with something that is no JSON`)
  }
}
