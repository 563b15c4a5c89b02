/**
 * The HTTP requests that a library makes inside a call: what they are answered, and an end to them. Its own time limit may
 * start again with every byte, and its answer to its caller may leave out what the server said.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

/** Requests of one library, until they are no longer watched. */
export interface WatchedRequests {
  /** Requests that start in here are watched, those of others in the same process are not. */
  inside<Result>(action: () => Result): Result
  /** @returns the body of the last answer as far as it has come; `undefined` where there is none */
  answer(): string | undefined
  /** Breaks off those that have not ended, and watches no more. */
  close(): void
}

/** Bytes of an answer that are kept. */
const MOST_BYTES = 65_536

/** @returns a watch, to be closed */
export function watchRequests(): WatchedRequests {
  const place = new AsyncLocalStorage<true>()
  const requests = new Set<ClientRequest>()
  let parts: Buffer[] | undefined
  const start = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest }
    if (place.getStore() === true) requests.add(request)
  }
  const finish = (message: unknown): void => {
    const { request, response } = message as { readonly request: ClientRequest; readonly response: IncomingMessage }
    if (requests.has(request)) parts = bodyOf(response)
  }
  subscribe('http.client.request.start', start)
  subscribe('http.client.response.finish', finish)
  return {
    inside: (action) => place.run(true, action),
    answer: () => parts && Buffer.concat(parts).toString('utf8'),
    close: () => {
      unsubscribe('http.client.request.start', start)
      unsubscribe('http.client.response.finish', finish)
      for (const request of requests) request.destroy()
    },
  }
}

/** @returns a list that grows as the body comes */
function bodyOf(response: IncomingMessage): Buffer[] {
  const parts: Buffer[] = []
  let bytes = 0
  response.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes <= MOST_BYTES) parts.push(part)
  })
  return parts
}
