/** Options of a session in the words of onnxruntime. */
import type { InferenceSession } from 'onnxruntime-node'
import { UnsupportedError, UsageError } from '../core/errors.js'
import type { EngineOptions } from './engine.js'
import { executionProviders, type OnnxRuntime, onnxRuntimeFolder } from './onnxruntime-library.js'

/** More threads than any machine has; keeps a mistyped number from starting a million of them. */
const MOST_THREADS = 1024
/** Session log level above all messages: what matters comes as an exception. */
const SILENT = 4

/**
 * @returns options for `InferenceSession.create`
 * @throws {UsageError} `E_THREADS` for a count that is not an integer in `[0, 1024]`
 * @throws {UnsupportedError} `E_PROVIDER_UNKNOWN` for an execution provider that this build does not have
 * @see https://onnxruntime.ai/docs/performance/tune-performance/threading.html
 */
export function sessionOptions(library: OnnxRuntime, options: EngineOptions): InferenceSession.SessionOptions {
  if (!Number.isInteger(options.threads) || options.threads < 0 || options.threads > MOST_THREADS) {
    throw new UsageError('E_THREADS', `threads is ${options.threads}, expected an integer from 0 to ${MOST_THREADS}`, {
      hint: '0 leaves the choice to the engine',
    })
  }
  return {
    executionProviders: [knownProvider(library, options.executionProvider ?? 'cpu')],
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.graphOptimizationLevel ?? 'all',
    logSeverityLevel: SILENT,
    ...(options.threads === 0 ? {} : { intraOpNumThreads: options.threads }),
    ...(options.spinning === undefined
      ? {}
      : { extra: { session: { intra_op: { allow_spinning: options.spinning ? '1' : '0' } } } }),
  }
}

/** @returns what was set beside threads and provider, by onnxruntime's own names, for the record */
export function describeOptions(options: EngineOptions): Record<string, string | number | boolean> {
  return {
    graphOptimizationLevel: options.graphOptimizationLevel ?? 'all',
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Left alone, onnxruntime lets its threads spin: 20 ms of a processor after each run of SqueezeNet.
    'session.intra_op.allow_spinning': options.spinning ?? true,
  }
}

function knownProvider(library: OnnxRuntime, name: string): string {
  const known = executionProviders(library)
  if (known.includes(name)) return name
  throw new UnsupportedError(
    'E_PROVIDER_UNKNOWN',
    `execution provider ${name} is not part of onnxruntime-node here, which has ${known.join(', ')}`,
    { hint: `choose one of ${known.join(', ')}; its own libraries go into ${onnxRuntimeFolder()}bin` },
  )
}
