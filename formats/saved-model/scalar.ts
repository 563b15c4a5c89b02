/** Single numbers beside a tensor: limits, ones, zeros. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Value } from '../emission/value.js'
import type { FlowEmitter } from './flow-emitter.js'

/** @returns a scalar of the value's element type */
export function scalar(value: number, like: Value, emitter: FlowEmitter): Value {
  const type = like.known.type
  const dtype: DataType = type?.kind === 'tensor' ? type.dtype : 'float32'
  return emitter.numbers(value, dtype)
}
