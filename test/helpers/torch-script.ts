/** Modules that `make-torch-script.py` saved, as graphs, and what PyTorch computed with them. */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { memoryFile } from '../../formats/random-access-file.js'
import { readScriptArchive } from '../../formats/torch/read-script-archive.js'
import { convertTorchScript } from '../../formats/torch/script/convert-torch-script.js'
import type { ScriptArchive } from '../../formats/torch/script-archive.js'
import type { ScriptValue } from '../../formats/torch/script-value.js'
import { TorchArchive } from '../../formats/torch/torch-archive.js'
import { GreenbenchError } from '../../src/core/errors.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { modelOf } from './engine-comparison.js'
import { elementsOf, type RecordedTensor, wrongElements } from './recorded-tensor.js'

/** One saved module. */
export interface RecordedModule {
  /** Base64 of the archive. */
  readonly file: string
  readonly runs: readonly RecordedRun[]
  /** Elements of its weights that are trained, tied ones once; a frozen module has none. */
  readonly trainable: number
  /** Sizes that a user would state, by input. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>
  /** Code of the error that is expected in place of a graph. */
  readonly refused?: string
}

/** One call of a module, with the outputs by name. */
export interface RecordedRun {
  readonly inputs: readonly RecordedTensor[]
  readonly outputs: Readonly<Record<string, RecordedTensor>>
}

const FOLDER = new URL('../golden/torch-script/', import.meta.url)

/** @returns the modules of every family by name */
export function recordedModules(): ReadonlyMap<string, RecordedModule> {
  const families = readdirSync(FOLDER).sort()
  return new Map(families.flatMap((name) => Object.entries(modulesOf(readFileSync(new URL(name, FOLDER))))))
}

const modulesOf = (packed: Buffer) => JSON.parse(gunzipSync(packed).toString('utf8')) as Record<string, RecordedModule>

export function archiveOf({ file }: RecordedModule): ScriptArchive {
  return readScriptArchive(new TorchArchive(memoryFile(Uint8Array.from(Buffer.from(file, 'base64')), 'module.pt')))
}

export function graphOf(module: RecordedModule): ModelGraph {
  return convertTorchScript(archiveOf(module), { inputShapes: new Map(Object.entries(module.shapes ?? {})) })
}

/** @returns where a run of the graph gives something else than PyTorch; `undefined` where it does not */
export async function wrongInRun(graph: ModelGraph, { inputs, outputs }: RecordedRun): Promise<string | undefined> {
  const names = graph.main.outputs.map(({ name }) => name)
  if (names.join() !== Object.keys(outputs).join()) return `its outputs are ${names.join()}`
  const feeds = inputs.map(({ dtype, shape, data }, index) => {
    return [graph.main.inputs[index]?.name ?? '', { dtype, shape, data: elementsOf(dtype, data) }] as const
  })
  const session = await onnxRuntimeEngine().load(modelOf(graph), { threads: 1 })
  try {
    const run = session.bind(new Map(feeds))
    await run.run()
    const found = [...run.outputs().values()]
    return Object.values(outputs)
      .map((wanted, index) => wrongElements(found[index], wanted, 1e-5))
      .find((text) => text !== undefined)
  } finally {
    await session.close()
  }
}

/** @returns an archive with one file of code, whose module `M` has these attributes */
export function archiveWith(code: string, attributes: Readonly<Record<string, ScriptValue>> = {}): ScriptArchive {
  return {
    path: 'model.pt',
    name: 'model',
    code: new Map([['__torch__.py', code]]),
    root: { kind: 'object', type: '__torch__.M', attributes: new Map(Object.entries(attributes)) },
    constants: [],
    exampleInputs: new Map(),
    version: '3',
  }
}

/** @returns the code of a module `M` whose `forward` has this body, and what else the file holds */
export function codeWith(body: string, rest = '', parameters = 'x: Tensor'): string {
  const lines = body.split('\n').map((line) => `    ${line}`)
  return `class M(Module):\n  def forward(self: __torch__.M, ${parameters}) -> Tensor:\n${lines.join('\n')}\n${rest}`
}

/** @returns the code of the error, or of its class */
export function refusalOf(make: () => unknown): string | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    if (!(error instanceof GreenbenchError)) return String(error)
    return error.message.includes('\n') ? `${error.code} in several lines` : error.code
  }
}
