/** The engine of a protocol in words. */
import { counted } from '../count-text.js'
import type { Protocol } from './leaderboard.js'

/** @returns e.g. `onnxruntime 1.30.0 on cpu, 2 threads`, and a part for each setting out of the ordinary */
export function engineText({ engine, engineVersion, executionProvider, threads, engineOptions = {} }: Protocol) {
  const version = engineVersion === undefined ? '' : ` ${engineVersion}`
  const count = threads === 0 ? '' : `, ${counted(threads, 'thread')}`
  const settings = Object.entries(engineOptions).map(([name, value]) => `${name} ${value}`)
  return [`${engine}${version} on ${executionProvider}${count}`, ...settings]
}
