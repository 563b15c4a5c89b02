/** Options of a session in the words of onnxruntime. */
import type { InferenceSession } from 'onnxruntime-node'
import { EngineError, UsageError } from '../core/errors.js'
import type { EngineOptions } from './engine.js'
import { executionProviders, type OnnxRuntime, onnxRuntimeFolder } from './onnxruntime-library.js'

/** More threads than any machine has; keeps a mistyped number from starting a million of them. */
const MOST_THREADS = 1024
/** Session log level above all messages: what matters comes as an exception. */
const SILENT = 4

/**
 * @returns options for `InferenceSession.create`
 * @throws {UsageError} `E_THREADS` for a count that is not an integer in `[0, 1024]`
 * @throws {EngineError} `E_PROVIDER_UNKNOWN` for an execution provider that this build does not have
 * @see https://onnxruntime.ai/docs/performance/tune-performance/threading.html
 */
export function sessionOptions(library: OnnxRuntime, options: EngineOptions): InferenceSession.SessionOptions {
  checkThreads('threads', options.threads, 0)
  checkThreads('interOpThreads', interOpThreads(options), 1)
  return {
    executionProviders: [knownProvider(library, options.executionProvider ?? 'cpu')],
    interOpNumThreads: interOpThreads(options),
    executionMode: executionMode(options),
    graphOptimizationLevel: options.graphOptimizationLevel ?? 'all',
    logSeverityLevel: SILENT,
    ...(options.threads === 0 ? {} : { intraOpNumThreads: options.threads }),
    ...(options.spinning === undefined ? {} : { extra: { session: spinningOf(options.spinning) } }),
  }
}

/** Threads of both kinds spin or sleep. */
function spinningOf(isSpinning: boolean) {
  const word = isSpinning ? '1' : '0'
  return { intra_op: { allow_spinning: word }, inter_op: { allow_spinning: word } }
}

/**
 * @returns the same options, with which a session is refused as soon as one node would run on the CPU: onnxruntime
 *   gives nodes that a provider lacks to the CPU without a word
 */
export function withoutCpu(native: InferenceSession.SessionOptions): InferenceSession.SessionOptions {
  const session = { ...sessionConfig(native), disable_cpu_ep_fallback: '1' }
  return { ...native, extra: { ...native.extra, session } }
}

function sessionConfig({ extra }: InferenceSession.SessionOptions): object {
  const session: unknown = extra?.session
  return typeof session === 'object' && session !== null ? session : {}
}

const interOpThreads = (options: EngineOptions): number => options.interOpThreads ?? 1

const executionMode = (options: EngineOptions) => (interOpThreads(options) > 1 ? 'parallel' : 'sequential')

function checkThreads(name: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least && count <= MOST_THREADS) return
  throw new UsageError('E_THREADS', `${name} is ${count}, expected an integer from ${least} to ${MOST_THREADS}`, {
    hint: least === 0 ? '0 leaves the choice to the engine' : undefined,
  })
}

/** @returns what was set beside threads and provider, by onnxruntime's own names, for the record */
export function describeOptions(options: EngineOptions): Record<string, string | number | boolean> {
  return {
    graphOptimizationLevel: options.graphOptimizationLevel ?? 'all',
    interOpNumThreads: interOpThreads(options),
    executionMode: executionMode(options),
    // Left alone, onnxruntime lets its threads spin: 20 ms of a processor after each run of SqueezeNet.
    'session.intra_op.allow_spinning': options.spinning ?? true,
  }
}

function knownProvider(library: OnnxRuntime, name: string): string {
  const known = executionProviders(library)
  if (known.includes(name)) return name
  throw new EngineError(
    'E_PROVIDER_UNKNOWN',
    `execution provider ${name} is not part of onnxruntime-node here, which has ${known.join(', ')}`,
    { hint: `choose one of ${known.join(', ')}; its own libraries go into ${onnxRuntimeFolder()}bin` },
  )
}
