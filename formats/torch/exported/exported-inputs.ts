/** Inputs of an exported program: weights, constants, and what the caller gives. */
import { UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import type { ExportedFile } from './convert-exported.js'
import type { ExportedCalls } from './exported-calls.js'
import { brokenExport, objectOf, textOf, unionOf, wholeOf } from './exported-json.js'
import { exportedDataType } from './exported-types.js'
import type { FreeSizes } from './free-sizes.js'

/** Fields that name a tensor of the file, by the kind of input. */
const STORED: Readonly<Record<string, string>> = {
  parameter: 'parameter_name',
  buffer: 'buffer_name',
  tensor_constant: 'tensor_constant_name',
}

/**
 * Makes the program's inputs known to its calls.
 *
 * @throws {FormatError} `E_TORCH_EXPORT`
 * @throws {UnsupportedError} `E_TORCH_INPUT` for inputs that are no tensors
 */
export function bindInputs(file: ExportedFile, calls: ExportedCalls, emitter: TorchEmitter, sizes: FreeSizes): void {
  for (const { kind, value } of file.program.inputs) {
    const spec = objectOf(value, kind)
    const field = Object.hasOwn(STORED, kind) ? STORED[kind] : undefined
    if (field !== undefined)
      bindStored(file, calls, emitter, textOf(objectOf(spec.arg, kind).name, 'name'), textOf(spec[field], field))
    else if (kind === 'user_input') bindUserInput(file, calls, emitter, sizes, spec.arg)
    else if (kind === 'constant_input') calls.define(textOf(spec.name, 'name'), calls.argument(spec.value))
    else throw refusedInput(file.path, kind)
  }
}

function bindStored(
  { tensors }: ExportedFile,
  calls: ExportedCalls,
  emitter: TorchEmitter,
  name: string,
  stored: string,
): void {
  const refusal = tensors.refused.get(stored)
  const initializer = tensors.byName.get(stored)
  if (refusal !== undefined) calls.refuse(name, refusal)
  else if (initializer === undefined) throw brokenExport(`the tensor ${quoted(stored)} is missing`)
  else calls.define(name, tensor(emitter.constant(initializer)))
}

/** Numbers among the arguments were fixed when the program was exported. */
function bindUserInput(
  { path, program }: ExportedFile,
  calls: ExportedCalls,
  emitter: TorchEmitter,
  sizes: FreeSizes,
  value: unknown,
): void {
  const arg = unionOf(value, 'an input')
  if (arg.kind !== 'as_tensor') {
    if (arg.kind.startsWith('as_sym')) throw refusedInput(path, 'a free number')
    return
  }
  const name = textOf(objectOf(arg.value, 'an input').name, 'name')
  const { dtype: code } = objectOf(program.graph.tensors[name], `the type of ${quoted(name)}`)
  const dtype = exportedDataType(wholeOf(code, 'dtype'))
  if (dtype === undefined) throw refusedInput(path, `of the element type ${String(code)}`)
  calls.define(name, tensor(emitter.input(name, { kind: 'tensor', dtype, shape: sizes.shapeOf(name) })))
}

function refusedInput(path: string, kind: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_INPUT', `${path}: an input is ${quoted(kind)}, which is not supported`, {
    hint: 'export it as ONNX: torch.onnx.export(model, example_input, "model.onnx")',
  })
}
