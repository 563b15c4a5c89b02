/** Small files of PyTorch, and what PyTorch itself found in them; `test/golden/make-torch-files.py` made both. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Model } from '../../formats/format.js'
import { openFile } from '../../formats/random-access-file.js'
import { readArchive, readEntry } from '../../formats/zip/archive.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { DataType } from '../../src/graph/data-type.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { elementsOf, wrongElements } from './recorded-tensor.js'
import { storedZip } from './stored-zip.js'

/** Single precision, summed in another order. */
const TOLERANCE = 1e-5

/** A dense tensor; `elements` are base64. */
export interface GoldenTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly elements: string
}

/** Contents of `torch-files.json`. */
export interface GoldenTorch {
  readonly kinds: Readonly<Record<string, GoldenTensor>>
  readonly state: Readonly<Record<string, GoldenTensor>>
  readonly trainable: number
  readonly frozen: number
  readonly buffers: number
  readonly input: GoldenTensor
  readonly output: GoldenTensor
  /** Of `structured.pt2`, by name. */
  readonly structured: {
    readonly inputs: Readonly<Record<string, GoldenTensor>>
    readonly outputs: Readonly<Record<string, GoldenTensor>>
  }
}

const folder = new URL('../golden/', import.meta.url)

export const GOLDEN = JSON.parse(readFileSync(new URL('torch-files.json', folder), 'utf8')) as GoldenTorch

/** @returns the path of one of the files */
export const torchFile = (name: string): string => fileURLToPath(new URL(`torch-files/${name}`, folder))

/** @returns for each output that onnxruntime computes with a model's graph otherwise than PyTorch did what is wrong with it */
export async function wrongOutputs(
  model: Model,
  inputs: Readonly<Record<string, GoldenTensor>>,
  outputs: Readonly<Record<string, GoldenTensor>>,
): Promise<string[]> {
  const session = await onnxRuntimeEngine().load(model, { threads: 1 })
  try {
    const given = Object.entries(inputs).map(([name, input]) => [name, tensorOf(input)] as const)
    const run = session.bind(new Map(given))
    await run.run()
    const found = run.outputs()
    return Object.entries(outputs).flatMap(([name, { dtype, shape, elements }]) => {
      const wanted = { dtype: dtype as DataType, shape, data: elements }
      return wrongElements(found.get(name), wanted, TOLERANCE) ?? []
    })
  } finally {
    await session.close()
  }
}

function tensorOf({ dtype, shape, elements }: GoldenTensor): Tensor {
  return { dtype: dtype as DataType, shape, data: elementsOf(dtype as DataType, elements) }
}

/**
 * Writes one of the files again with its entries changed; `undefined` leaves one out.
 *
 * @returns path of a new file in the folder
 */
export function changedTorchFile(
  name: string,
  folder: string,
  change: (entry: string, content: Buffer) => Buffer | undefined,
): string {
  const file = openFile(torchFile(name))
  const entries = [...readArchive(file)].flatMap(([entry, found]) => {
    const content = change(entry, Buffer.from(readEntry(file, found, 2 ** 20)))
    return content === undefined ? [] : [[entry, content] as const]
  })
  file.close()
  const path = join(mkdtempSync(join(folder, 'changed-')), name)
  writeFileSync(path, storedZip(Object.fromEntries(entries)))
  return path
}
