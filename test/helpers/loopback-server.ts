/** Servers on loopback that end with their test. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** @returns the base URL, without a slash at its end */
export async function serveLoopback(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** Answers without end. */
export function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}

/** Answers a byte at a time, so that the connection is never idle for long. */
export function dripping(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

/** Ways of servers to be bad, with what is said of each. */
export const BAD_SERVERS: readonly (readonly [string, RequestListener, RegExp])[] = [
  ['fails', (_, response) => void response.writeHead(500).end('oops'), /HTTP 500/],
  ['is overloaded', (_, response) => void response.writeHead(503).end(), /HTTP 503/],
  ['never answers', () => {}, /does not answer within/],
  ['breaks off', (request) => void request.socket.destroy(), /cannot be reached/],
  ['answers without end', (_, response) => endless(response), /more than 256 KiB/],
  ['answers with a page', (_, response) => void response.end('<html>'), /no MLflow server/],
  ['answers with a list', (_, response) => void response.end('[]'), /no MLflow server/],
  ['answers with another object', (_, response) => void response.end('{"experiment":{}}'), /answers without/],
  [
    'redirects',
    (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    /cannot be reached/,
  ],
  ['does not know us', (_, response) => void response.writeHead(401).end(), /HTTP 401/],
]
