/**
 * Element types as PyTorch names them: of tensors (`torch.float16`) and of the storages that they lie in (`torch.HalfStorage`).
 *
 * @see https://docs.pytorch.org/docs/stable/tensor_attributes.html
 */
import { bytesOf, type DataType } from '../../src/graph/data-type.js'

const BY_NAME: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ...(['float32', 'float64', 'float16', 'bfloat16', 'bool', 'complex64', 'complex128'] as const).map(sameName),
  ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const).map(sameName),
  ['float', 'float32'],
  ['double', 'float64'],
  ['half', 'float16'],
  ['short', 'int16'],
  ['int', 'int32'],
  ['long', 'int64'],
  ['cfloat', 'complex64'],
  ['cdouble', 'complex128'],
  ['float8_e4m3fn', 'float8e4m3fn'],
  ['float8_e4m3fnuz', 'float8e4m3fnuz'],
  ['float8_e5m2', 'float8e5m2'],
  ['float8_e5m2fnuz', 'float8e5m2fnuz'],
  ['float8_e8m0fnu', 'float8e8m0'],
])

const BY_STORAGE: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ['Float', 'float32'],
  ['Double', 'float64'],
  ['Half', 'float16'],
  ['BFloat16', 'bfloat16'],
  ['Bool', 'bool'],
  ['Byte', 'uint8'],
  ['Char', 'int8'],
  ['Short', 'int16'],
  ['Int', 'int32'],
  ['Long', 'int64'],
  ['ComplexFloat', 'complex64'],
  ['ComplexDouble', 'complex128'],
])

function sameName<Name extends DataType>(name: Name): [string, DataType] {
  return [name, name]
}

/** @returns the type called `torch.<name>`; `undefined` for quantized ones and for others that ONNX has no word for */
export function elementTypeNamed(name: string): DataType | undefined {
  return BY_NAME.get(name.replace(/^torch\./, ''))
}

/** @param name - class of a storage, on any device: `torch.FloatStorage`, `torch.cuda.HalfStorage` */
export function elementTypeOfStorage(name: string): DataType | undefined {
  return BY_STORAGE.get(/(\w+?)(Storage|Tensor)$/.exec(name)?.[1] ?? '')
}

/**
 * @param name - class of a storage; one that does not say what it holds counts bytes
 * @returns bytes of an element; `undefined` for a class that is not known
 */
export function elementBytesOfStorage(name: string): number | undefined {
  if (/\._?UntypedStorage$|\.QU?Int(8|4x2|2x4)Storage$/.test(name)) return 1
  if (/\.QInt32Storage$/.test(name)) return 4
  const dtype = elementTypeOfStorage(name)
  return dtype === undefined ? undefined : bytesOf(dtype, 1)
}
