/** Picks the engine that a model needs, or the one that was asked for. */
import type { Model } from '../../formats/format.js'
import { UnsupportedError } from '../core/errors.js'
import type { Engine } from './engine.js'
import type { EngineName } from './engine-names.js'
import { onnxRuntimeEngine } from './onnxruntime.js'
import { refusingEngine } from './refusing-engine.js'
import { runnerEngine } from './runner-engine.js'
import { tfjsEngine } from './tfjs/tfjs.js'

/**
 * @param name - `undefined`: onnxruntime for models with a graph or an ONNX file, the model's own runner for the others
 *   (a SavedModel that only TensorFlow itself can run gets an engine that refuses it with the reason)
 * @throws {UnsupportedError} `E_NO_GRAPH` when an engine is named for a model that only runs itself
 */
export function engineFor(model: Model, name?: EngineName): Engine {
  const { tensorFlow } = model
  if (tensorFlow !== undefined && name !== 'tfjs-node') return refusingEngine(name ?? 'onnxruntime', tensorFlow)
  const hasGraph = model.isOnnxFile === true || model.graph !== undefined
  if (!hasGraph && model.createRunner !== undefined) {
    if (name === undefined) return runnerEngine()
    const why = model.whyNoGraph ?? `its format ${model.format} runs it itself`
    throw new UnsupportedError('E_NO_GRAPH', `${model.name} has no graph for ${name} to run: ${why}`, {
      hint: model.wayToGraph ?? 'leave out --engine',
    })
  }
  return name === undefined || name === 'onnxruntime' ? onnxRuntimeEngine() : tfjsEngine(name)
}
