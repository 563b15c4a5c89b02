/** `TypeProto` and `ValueInfoProto` to the graph's types. */
import { dataTypeOfCode } from '../../src/graph/data-type.js'
import { type Dimension, type Shape, symbol } from '../../src/graph/dimension.js'
import type { ValueInfo, ValueType } from '../../src/graph/graph.js'
import {
  ANONYMOUS_DIMENSION,
  type DimensionProto,
  type TensorTypeProto,
  type TypeProto,
  type ValueInfoProto,
} from '../../src/graph/onnx-schema.js'

/** @returns the value; its type is `undefined` where the file gives none or one that is not known */
export function readValueInfo(proto: ValueInfoProto): ValueInfo {
  const name = proto.name ?? ''
  return { name, type: readType(proto.type, name) }
}

/** @param owner - name of the value: dimensions without a name get one that only this value has */
export function readType(proto: TypeProto | undefined, owner: string): ValueType | undefined {
  if (proto === undefined) return undefined
  if (proto.tensorType !== undefined) return tensorType('tensor', proto.tensorType, owner)
  if (proto.sparseTensorType !== undefined) return tensorType('sparse-tensor', proto.sparseTensorType, owner)
  if (proto.sequenceType !== undefined) {
    return { kind: 'sequence', element: readType(proto.sequenceType.elemType, owner) }
  }
  if (proto.optionalType !== undefined) {
    return { kind: 'optional', element: readType(proto.optionalType.elemType, owner) }
  }
  if (proto.mapType === undefined) return undefined
  const key = dataTypeOfCode(proto.mapType.keyType ?? 0)
  return key === undefined ? undefined : { kind: 'map', key, value: readType(proto.mapType.valueType, owner) }
}

function tensorType(kind: 'tensor' | 'sparse-tensor', proto: TensorTypeProto, owner: string): ValueType | undefined {
  const dtype = dataTypeOfCode(proto.elemType ?? 0)
  if (dtype === undefined) return undefined
  const shape: Shape | undefined = proto.shape?.dim.map((size, axis) => readDimension(size, owner, axis))
  return { kind, dtype, shape }
}

/** Negative sizes are how some exporters write a free one. */
function readDimension(proto: DimensionProto, owner: string, axis: number): Dimension {
  const size = proto.dimValue
  if (size !== undefined && Number.isSafeInteger(size) && size >= 0) return size
  const name = proto.dimParam
  return symbol(name === undefined || name === '' ? `${ANONYMOUS_DIMENSION}${owner}.${axis}` : name)
}
