/** The engines on TensorFlow.js: a graph runs step by step on TensorFlow's native library or on WebAssembly. */
import type { Model } from '../../../formats/format.js'
import { InterruptedError, UnsupportedError, UsageError } from '../../core/errors.js'
import type { ModelGraph } from '../../graph/graph.js'
import type { Engine, EngineOptions, Session } from '../engine.js'
import { refuseUnknownOperators } from './compile.js'
import { loadTfjs, type RequireModule, type TfjsEngineName, type TfjsLibrary } from './library.js'
import { openSavedModel } from './saved-model-session.js'
import { TfjsSession } from './session.js'

/**
 * @param requireModule - loads the packages of TensorFlow.js, which are optional; a test's own in its place
 * @returns an engine for models that have a graph; what it lacks is named before anything runs
 */
export function tfjsEngine(name: TfjsEngineName, requireModule?: RequireModule): Engine {
  return { name, load: (model, options) => load(name, model, options, requireModule) }
}

async function load(
  name: TfjsEngineName,
  model: Model,
  options: EngineOptions,
  requireModule: RequireModule | undefined,
): Promise<Session> {
  refuseOptions(name, options)
  const library = await loadTfjs(name, options.threads, requireModule)
  const info = infoOf(name, library, options)
  if (name === 'tfjs-node' && model.graph === undefined && model.tensorFlow !== undefined) {
    return openSavedModel(library, model, model.tensorFlow.folder, info)
  }
  const graph = graphOf(model, name)
  refuseUnknownOperators(name, graph, options.batchSize, library)
  if (options.signal?.aborted === true) throw new InterruptedError()
  return new TfjsSession(library, model, graph, info)
}

function infoOf(name: TfjsEngineName, library: TfjsLibrary, { threads }: EngineOptions) {
  return { name, version: library.version, executionProvider: 'cpu', threads, options: library.options }
}

/** Options of onnxruntime that nothing would heed here. */
function refuseOptions(
  name: string,
  { executionProvider, graphOptimizationLevel, spinning, interOpThreads }: EngineOptions,
): void {
  const given = {
    '--device': executionProvider === 'cpu' ? undefined : executionProvider,
    '--graph-optimization': graphOptimizationLevel,
    '--spinning': spinning,
    '--inter-op-threads': interOpThreads,
  }
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (flag === undefined) return
  throw new UsageError('E_ENGINE_OPTION', `engine ${name} has no ${flag}`, {
    hint: `leave out ${flag}, or use --engine onnxruntime`,
  })
}

function graphOf({ graph, name, format, whyNoGraph, wayToGraph }: Model, engine: string): ModelGraph {
  if (graph !== undefined) return graph
  const why = whyNoGraph ?? `its format ${format} gives none`
  throw new UnsupportedError('E_NO_GRAPH', `${name} has no graph for ${engine} to run: ${why}`, { hint: wayToGraph })
}
