/** SavedModels that TensorFlow wrote, kept in one archive with what it computes for them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { ModelFactory } from '../../formats/factory.js'
import type { LoadOptions, Model } from '../../formats/format.js'
import type { Engine } from '../../src/engines/engine.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { Tensor, TensorElements } from '../../src/graph/tensor.js'
import { numbersOf } from './model-files.js'
import { temporaryFolder } from './temporary-folder.js'

/** How the script made the values of an input: a ramp modulo 101, or modulo `below` for whole numbers; letters for text. */
export interface GivenInput {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly start: number
  readonly below?: number
}

/** Every `step`-th element of what TensorFlow gave. */
export interface SeenOutput {
  readonly shape: readonly number[]
  readonly step: number
  readonly data: readonly number[] | readonly string[]
}

/** One signature, with some runs of it. */
export interface GoldenCase {
  readonly folder: string
  readonly signature: string | null
  readonly tag?: string
  readonly parameters?: { readonly total: number; readonly trainable: number }
  readonly macs?: number
  /** Of the outputs; 1e-5 when left out. */
  readonly tolerance?: number
  /** Code of the error with which it is refused. */
  readonly refused?: string
  readonly runs: readonly {
    readonly inputs: Readonly<Record<string, GivenInput>>
    readonly outputs: Readonly<Record<string, SeenOutput>>
  }[]
}

/** An archive of `test/golden`. */
export interface GoldenArchive {
  readonly cases: readonly GoldenCase[]
  open(golden: GoldenCase, options?: LoadOptions): Promise<Model>
  /** Bytes of a file as TensorFlow wrote it. */
  content(folder: string, file: string): Uint8Array
  /** Absolute path of a folder, written out. */
  pathOf(folder: string): string
}

/** Reads an archive; its folders are written out when they are first opened. */
export function goldenArchive(name: string): GoldenArchive {
  const { folders, cases } = readArchive(name)
  const root = temporaryFolder()
  const written = new Set<string>()
  const pathOf = (folder: string): string => {
    if (!written.has(folder)) writeFolder(join(root, folder), folders[folder] ?? {})
    written.add(folder)
    return join(root, folder)
  }
  const open = ({ folder, signature, tag }: GoldenCase, options: LoadOptions = {}) =>
    ModelFactory.withPredefinedFormats().open(pathOf(folder), {
      ...options,
      ...(signature === null ? {} : { signature }),
      ...(tag === undefined ? {} : { tag }),
    })
  const content = (folder: string, file: string) => Buffer.from(folders[folder]?.[file] ?? '', 'latin1')
  return { cases, open, content, pathOf }
}

/** @returns the contents of an archive: files by folder, and the cases */
export function readArchive(name: string): {
  readonly folders: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly cases: readonly GoldenCase[]
} {
  const bytes = brotliDecompressSync(readFileSync(new URL(`../golden/${name}`, import.meta.url)))
  return JSON.parse(bytes.toString('utf8'))
}

/** @returns the largest difference of any output from what TensorFlow gave, relative to values above 1 */
export async function largestDifference(
  model: Model,
  golden: GoldenCase,
  engine: Engine = onnxRuntimeEngine(),
): Promise<number> {
  const session = await engine.load(model, { threads: 1 })
  try {
    let largest = 0
    for (const { inputs, outputs } of golden.runs) {
      const run = session.bind(new Map(Object.entries(inputs).map(([key, input]) => [key, madeUp(input)])))
      await run.run()
      const found = run.outputs()
      for (const [key, seen] of Object.entries(outputs)) largest = Math.max(largest, difference(found.get(key), seen))
    }
    return largest
  } finally {
    await session.close()
  }
}

/** The same values as in `recorder.py`. */
function madeUp({ dtype, shape, start, below = 1 }: GivenInput): Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  const ramp = Array.from({ length: count }, (_, index) => ((((index + start) * 37) % 101) - 50) / 50)
  const whole = Array.from({ length: count }, (_, index) => (index * 37 + start) % below)
  const elements: Record<string, () => TensorElements> = {
    float32: () => Float32Array.from(ramp),
    float64: () => Float64Array.from(ramp),
    bool: () => Uint8Array.from(ramp, (value) => (value > 0 ? 1 : 0)),
    string: () => whole.map((_, index) => String.fromCharCode(65 + ((index + start) % 5))),
    int32: () => Int32Array.from(whole),
    int64: () => BigInt64Array.from(whole, BigInt),
  }
  const data = elements[dtype]?.()
  if (data === undefined) throw new TypeError(`no values of type ${dtype}`)
  return { dtype: dtype as Tensor['dtype'], shape, data }
}

function difference(tensor: Tensor | undefined, { shape, step, data }: SeenOutput): number {
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    throw new Error(`the output is [${tensor?.shape.join() ?? ''}], TensorFlow's is [${shape.join()}]`)
  }
  if (tensor.dtype === 'string') return data.every((text, index) => tensor.data[index * step] === text) ? 0 : 1
  const kept = numbersOf(tensor).filter((_, index) => index % step === 0)
  const differences = data
    .map(Number)
    .map((value, index) => Math.abs((kept[index] ?? Number.NaN) - value) / Math.max(1, Math.abs(value)))
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...differences)
}

function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content, 'latin1')
  }
}
