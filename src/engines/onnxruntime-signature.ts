/** Inputs and outputs of a session as onnxruntime sees them, in the types of the graph. */
import type { InferenceSession } from 'onnxruntime-node'
import { UnsupportedError } from '../core/errors.js'
import { type Dimension, symbol } from '../graph/dimension.js'
import type { ValueInfo, ValueType } from '../graph/graph.js'
import { isEngineType } from './onnxruntime-tensor.js'

/**
 * @param metadata - inputs or outputs of the session
 * @param declared - the same of the file, which knows what onnxruntime-node does not tell: element types of sequences
 *   and maps, and whether an empty shape is a scalar or an unknown rank
 */
export function signatureOf(
  metadata: readonly InferenceSession.ValueMetadata[],
  declared: readonly ValueInfo[],
): readonly ValueInfo[] {
  return metadata.map((value) => {
    const own = declared.find(({ name }) => name === value.name)?.type
    return { name: value.name, type: value.isTensor ? tensorType(value, own) : own }
  })
}

function tensorType(value: InferenceSession.TensorValueMetadata, declared: ValueType | undefined): ValueType {
  if (!isEngineType(value.type)) {
    throw new UnsupportedError('E_TYPE_UNSUPPORTED', `${value.name} has type ${value.type}, which cannot be passed`, {
      hint: 'add a Cast to float32 at the inputs and outputs of the model',
    })
  }
  const isRankUnknown = value.shape.length === 0 && declared?.kind === 'tensor' && declared.shape === undefined
  const shape = isRankUnknown ? undefined : value.shape.map((size, axis) => dimension(value.name, size, axis))
  return { kind: 'tensor', dtype: value.type, shape }
}

/** A free size without a name gets one of its own, since two of them need not be equal. */
function dimension(tensor: string, size: number | string, axis: number): Dimension {
  if (typeof size === 'number') return size
  return symbol(size === '' ? `${tensor}_${axis}` : size)
}
