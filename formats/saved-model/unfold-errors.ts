/** What can be wrong with the order in which nodes of a SavedModel depend on each other. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { NodeProto } from './saved-model-schema.js'
import type { GraphScope } from './scope.js'

/** @returns the error for a branch that has to be known before the run */
export function undecided(node: NodeProto, scope: GraphScope): UnsupportedError {
  const what = `${node.operator} ${quoted(scope.path + (node.name ?? ''))}`
  return new UnsupportedError('E_TF_CONTROL_FLOW', `${what} depends on a condition that is only known in the run`, {
    hint: 'save the model for inference only (training=False), or convert it: python -m tf2onnx.convert',
  })
}

/** @returns the error for a node that waits for itself: loops of TensorFlow 1 are refused at their Enter, before they close */
export function cycle(name: string): FormatError {
  return broken('E_TF_CYCLE', `node ${quoted(name)} depends on its own result`)
}

/** @returns the error for what no program of TensorFlow writes */
export function broken(code: `E_${string}`, message: string): FormatError {
  return new FormatError(code, message, { hint: 'the file is damaged: save the model again' })
}
