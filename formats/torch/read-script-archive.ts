/** Files of `torch.jit.save`: the program, the module with its weights, and the constants of the program. */
import { basename, extname } from 'node:path'
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { entriesOf, itemsOf, type PickleValue } from './pickle/pickle-value.js'
import type { ExampleInput, ScriptArchive } from './script-archive.js'
import { type ScriptObject, ScriptTensor, type ScriptValue } from './script-value.js'
import { storedTensor } from './stored-tensor.js'
import { StoredValues } from './stored-values.js'
import type { TorchArchive } from './torch-archive.js'
import { withoutTypeTag } from './type-tag.js'

/** All texts of a program together. */
const LARGEST_CODE = 64 * 2 ** 20

/**
 * @throws {FormatError} `E_TORCH_ENTRY`, `E_ZIP`, `E_PICKLE`, `E_TORCH_TENSOR`, `E_TORCH_VALUE` where the file is damaged
 * @throws {UnsupportedError} `E_TORCH_OLD` for the form before PyTorch 1.4; `E_TORCH_TENSOR_KIND` for a quantized weight
 */
export function readScriptArchive(archive: TorchArchive): ScriptArchive {
  refuseOldForm(archive)
  const { path } = archive
  const root = rootOf(archive)
  const constants = archive.has('constants.pkl') ? constantsOf(archive, root) : []
  return {
    path,
    name: basename(path, extname(path)),
    code: codeOf(archive),
    root,
    constants,
    exampleInputs: archive.has('traced_inputs.pkl') ? examplesIn(archive.pickle('traced_inputs.pkl')) : new Map(),
    version: archive.has('version') ? archive.text('version').trim().slice(0, 20) : '',
  }
}

/** Before 1.4, weights lay in `tensors/` and `model.json` said which is which. */
function refuseOldForm(archive: TorchArchive): void {
  if (archive.has('data.pkl')) return
  throw new UnsupportedError('E_TORCH_OLD', `${archive.path} was written by PyTorch 1.3 or older: not supported`, {
    hint: 'load it with PyTorch 1.4 to 1.13 and save it again: torch.jit.save(torch.jit.load(FILE), "model.pt")',
  })
}

function rootOf(archive: TorchArchive): ScriptObject {
  const storage = (key: string) => archive.storage(`data/${key}`)
  const values = new StoredValues({ path: archive.path, storage, isTrainable: ({ requiresGrad }) => requiresGrad })
  const root = values.read(archive.pickle('data.pkl'), '')
  if (root.kind === 'object') return root
  throw damaged(archive, `it holds a ${root.kind} in place of a module`)
}

/**
 * Those without axes were numbers. A frozen module keeps most weights among them and does not say which were trained; no
 * other module lacks the attribute `training`.
 */
function constantsOf(archive: TorchArchive, root: ScriptObject): readonly ScriptValue[] {
  const storage = (key: string) => archive.storage(`constants/${key}`)
  const trainable = root.attributes.has('training') ? false : undefined
  const values = new StoredValues({ path: archive.path, storage, isTrainable: () => trainable })
  return itemsOf(archive.pickle('constants.pkl')).map((item, index) => {
    const value = values.read(item, `CONSTANTS.c${index}`)
    return value.kind === 'tensor' && value.shape?.length === 0 ? new ScriptTensor(value.value, undefined, true) : value
  })
}

function codeOf(archive: TorchArchive): ReadonlyMap<string, string> {
  const code = new Map<string, string>()
  let total = 0
  for (const name of archive.names) {
    if (!name.startsWith('code/') || !name.endsWith('.py')) continue
    const text = archive.text(name)
    total += text.length
    if (total > LARGEST_CODE) throw damaged(archive, `its program takes more than ${LARGEST_CODE} characters`)
    code.set(name.slice('code/'.length), text)
  }
  return code
}

/** Of each method the arguments it was traced with. */
function examplesIn(value: PickleValue): ReadonlyMap<string, readonly (ExampleInput | undefined)[]> {
  const examples = new Map<string, readonly (ExampleInput | undefined)[]>()
  for (const [method, list] of entriesOf(withoutTypeTag(value)) ?? [])
    if (method.kind === 'text') examples.set(method.value, itemsOf(withoutTypeTag(list)).map(exampleOf))
  return examples
}

function exampleOf(value: PickleValue): ExampleInput | undefined {
  const { dtype, shape } = storedTensor(value) ?? {}
  const isSound = shape?.every((size) => Number.isSafeInteger(size) && size >= 0) === true
  return dtype === undefined || shape === undefined || !isSound ? undefined : { dtype, shape }
}

function damaged({ path }: TorchArchive, what: string): FormatError {
  return new FormatError('E_TORCH_VALUE', `${path} is damaged: ${what}`, {
    hint: 'download the file or save the model again',
  })
}
