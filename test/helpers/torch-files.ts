/** Small files of PyTorch, and what PyTorch itself found in them; `test/golden/make-torch-files.py` made both. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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
}

const folder = new URL('../golden/', import.meta.url)

export const GOLDEN = JSON.parse(readFileSync(new URL('torch-files.json', folder), 'utf8')) as GoldenTorch

/** @returns the path of one of the files */
export const torchFile = (name: string): string => fileURLToPath(new URL(`torch-files/${name}`, folder))
