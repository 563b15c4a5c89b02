/** The default engine: onnxruntime through onnxruntime-node. */
import type { InferenceSession } from 'onnxruntime-node'
import type { Model } from '../../formats/format.js'
import { InterruptedError, UnsupportedError } from '../core/errors.js'
import type { ModelGraph } from '../graph/graph.js'
import type { Engine, EngineOptions, Session } from './engine.js'
import { explainEngineError } from './onnxruntime-error.js'
import { type OpenedGraph, openGraph } from './onnxruntime-graph.js'
import { loadOnnxRuntime, type OnnxRuntime, onnxRuntimeVersion } from './onnxruntime-library.js'
import { describeOptions, sessionOptions, withoutCpu } from './onnxruntime-options.js'
import { OnnxRuntimeSession } from './onnxruntime-session.js'
import { countThreads } from './thread-count.js'

/** @returns an engine that runs every model that has a graph; ONNX files are opened by path, others are written as ONNX first */
export function onnxRuntimeEngine(): Engine {
  return { name: 'onnxruntime', load }
}

async function load(model: Model, options: EngineOptions): Promise<Session> {
  const library = await loadOnnxRuntime()
  const native = sessionOptions(library, options)
  await startEnvironment(library)
  const threadsBefore = countThreads()
  const { opened, nodesOnCpu } = await createOnProvider(library, model, native, options.signal)
  await releaseIfAborted(opened, options.signal)
  return new OnnxRuntimeSession(library, opened, model, {
    name: 'onnxruntime',
    version: onnxRuntimeVersion(library),
    executionProvider: options.executionProvider ?? 'cpu',
    threads: options.threads,
    options: {
      ...describeOptions(options),
      ...nodesOnCpu,
      ...intraOpThreads(options.threads, threadsBefore, countThreads()),
    },
  })
}

/** A session, and whether a provider other than the CPU runs the whole model. */
async function createOnProvider(
  library: OnnxRuntime,
  model: Model,
  native: InferenceSession.SessionOptions,
  signal: AbortSignal | undefined,
) {
  const create = (options: InferenceSession.SessionOptions) => createSession(library, model, options, signal)
  if (native.executionProviders?.[0] === 'cpu') return { opened: await create(native), nodesOnCpu: {} }
  try {
    return { opened: await create(withoutCpu(native)), nodesOnCpu: { nodesOnCpu: 'none' } }
  } catch (cause) {
    if (!(cause instanceof Error) || !CPU_NEEDED.test(cause.message)) throw cause
    return { opened: await create(native), nodesOnCpu: { nodesOnCpu: 'some' } }
  }
}

/** What onnxruntime 1.30 says when nodes would run on the CPU all the same. */
const CPU_NEEDED = /fallback to CPU EP has been explicitly disabled/

async function createSession(
  library: OnnxRuntime,
  model: Model,
  native: InferenceSession.SessionOptions,
  signal: AbortSignal | undefined,
): Promise<OpenedGraph> {
  try {
    if (model.isOnnxFile !== true) return await openGraph(library, graphOf(model), native, signal)
    return { session: await library.InferenceSession.create(model.path, native), cleanUp: async () => {} }
  } catch (cause) {
    throw explainEngineError(cause, model.name, 'load')
  }
}

function graphOf(model: Model): ModelGraph {
  if (model.graph !== undefined) return model.graph
  throw new UnsupportedError('E_NO_GRAPH', `${model.name} (${model.format}) has no graph for onnxruntime to run`, {
    hint: 'its format must give a graph, or createRunner() to run it itself',
  })
}

async function releaseIfAborted({ session, cleanUp }: OpenedGraph, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted !== true) return
  await session.release()
  await cleanUp()
  throw new InterruptedError()
}

/** A session that cannot be made still starts the threads of the environment, which are not the model's. */
async function startEnvironment(library: OnnxRuntime): Promise<void> {
  await library.InferenceSession.create(new Uint8Array(0)).catch(() => undefined)
}

/** onnxruntime starts one thread less than it uses, since the caller's takes part. */
function intraOpThreads(asked: number, before: number | undefined, after: number | undefined): Record<string, number> {
  if (asked > 0) return { intraOpNumThreads: asked }
  if (before === undefined || after === undefined || after < before) return {}
  return { intraOpNumThreads: after - before + 1 }
}
