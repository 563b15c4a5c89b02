/** Questions about tensors that are answered before the run: sizes, element type, device. */
import type { DataType } from '../../../../src/graph/data-type.js'
import { type Dimension, product, type Shape } from '../../../../src/graph/dimension.js'
import { OpenRank } from '../../open-size.js'
import { dataTypeOfScalarType } from '../../scalar-type.js'
import { bool, int, list, NONE, type ScriptTensor, text } from '../../script-value.js'
import type { Bound } from '../bound.js'
import type { BuiltIn, BuiltInCall, BuiltIns } from './built-in.js'
import { asNumber } from './numbers.js'

const SCALAR_TYPES: ReadonlyMap<DataType, number> = new Map(
  Array.from({ length: 16 }, (_, code) => code).flatMap((code) => {
    const dtype = dataTypeOfScalarType(code)
    return dtype === undefined ? [] : [[dtype, code] as const]
  }),
)
const FLOAT_TYPES: ReadonlySet<DataType | undefined> = new Set<DataType>(['float16', 'float32', 'float64', 'bfloat16'])

function onTensor(answer: (tensor: ScriptTensor, call: BuiltInCall) => Bound | undefined): BuiltIn {
  return (call) => {
    const [target] = call.args
    return target?.kind === 'tensor' ? answer(target, call) : undefined
  }
}

/** @throws {OpenRank} where the rank is not known */
function shapeOf(tensor: ScriptTensor): Shape {
  if (tensor.shape === undefined) throw new OpenRank(tensor.value, undefined)
  return tensor.shape
}

function sizeAlong(tensor: ScriptTensor, axis: number, call: BuiltInCall): Dimension {
  const shape = shapeOf(tensor)
  const size = shape[axis < 0 ? axis + shape.length : axis]
  if (size === undefined) throw call.refuse(`axis ${axis} of a tensor with ${shape.length} axes`)
  return size
}

const size = onTensor((tensor, call) => {
  if (call.args.length > 1) return int(sizeAlong(tensor, call.int(1), call))
  return list(shapeOf(tensor).map(int))
})

const dim = onTensor((tensor) => int(shapeOf(tensor).length))
const numel = onTensor((tensor) => int(product(shapeOf(tensor))))

const dtype = onTensor((tensor, call) => {
  const code = tensor.dtype === undefined ? undefined : SCALAR_TYPES.get(tensor.dtype)
  if (code === undefined) throw call.refuse('the element type is not known before the run')
  return int(code)
})

const no = (): Bound => bool(false)

/** A number as a tensor is still a number here. */
const numberItself: BuiltIn = ({ args: [value] }) => (value?.kind === 'tensor' ? undefined : asNumber(value))

/** @returns what `int`, `float`, `bool` or `item` make of a value; a tensor that only the run knows stays one */
function scalar(
  convert: (value: Exclude<ReturnType<typeof asNumber>, undefined>, call: BuiltInCall) => Bound,
): BuiltIn {
  return (call) => {
    const number = asNumber(call.args[0])
    return number === undefined ? undefined : convert(number, call)
  }
}

export const TENSORS: BuiltIns = {
  size,
  dim,
  numel,
  len: onTensor((tensor, call) => int(sizeAlong(tensor, 0, call))),
  is_floating_point: onTensor((tensor) => bool(FLOAT_TYPES.has(tensor.dtype))),
  is_complex: onTensor((tensor) => bool(tensor.dtype?.startsWith('complex') === true)),
  'prim.dtype': dtype,
  'prim.shape': size,
  'prim.ndim': dim,
  'prim.device': onTensor(() => text('cpu')),
  'prim.layout': onTensor(() => int(0)),
  'prim.is_cuda': no,
  'prim.is_cpu': onTensor(() => bool(true)),
  'prim.is_mps': no,
  'prim.is_xla': no,
  'prim.is_mkldnn': no,
  'prim.is_meta': no,
  'prim.is_vulkan': no,
  'prim.is_nested': no,
  'prim.is_sparse': no,
  'prim.is_sparse_csr': no,
  'prim.is_quantized': no,
  // Of a weight: operators that fuse layers for inference alone are then left out.
  'prim.requires_grad': onTensor((tensor) => bool(tensor.value.initializer !== undefined)),
  'prim.data': onTensor((tensor) => tensor),
  'prim.NumToTensor': numberItself,
  'prim.ImplicitTensorToNum': scalar((value) => value),
  item: scalar((value) => value),
  is_inference: no,
  is_nonzero: scalar((value, call) => {
    if (value.kind === 'int' && typeof value.value !== 'number') throw call.refuse('a free size')
    return bool(value.value !== 0 && value.value !== false)
  }),
  get_device: () => int(-1),
  'prim.grad': () => NONE,
  // Numbers that traced code keeps as tensors pass through what changes no number.
  detach: numberItself,
  clone: numberItself,
  contiguous: numberItself,
  squeeze: numberItself,
}
