/** Single numbers beside a tensor: limits, ones, zeros. */
import { int } from '../../src/graph/attributes.js'
import { DATA_TYPES, type DataType } from '../../src/graph/data-type.js'
import type { Value } from '../emission/value.js'
import type { FlowEmitter } from './flow-emitter.js'

/** @returns a scalar of the value's element type */
export function scalar(value: number, like: Value, emitter: FlowEmitter): Value {
  const type = like.known.type
  const dtype: DataType = type?.kind === 'tensor' ? type.dtype : 'float32'
  if (dtype !== 'float16' && dtype !== 'bfloat16') return emitter.numbers(value, dtype)
  return emitter.emit('Cast', [emitter.numbers(value, 'float32')], { to: int(DATA_TYPES[dtype].code) })
}
