/** Picks the engine that a model needs. */
import type { Model } from '../../formats/format.js'
import type { Engine } from './engine.js'
import { onnxRuntimeEngine } from './onnxruntime.js'
import { runnerEngine } from './runner-engine.js'

/** @returns onnxruntime for models with a graph or an ONNX file; the model's own runner for the others */
export function engineFor(model: Model): Engine {
  const isForOnnxRuntime = model.isOnnxFile === true || model.graph !== undefined
  return isForOnnxRuntime || model.createRunner === undefined ? onnxRuntimeEngine() : runnerEngine()
}
