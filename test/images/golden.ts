/** What Pillow and torchvision make of images: `test/golden/images.json`, written by `make-images.py` beside it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** SHA-256 of pixels; `error` where Pillow refuses the file. */
export interface GoldenFile {
  readonly name: string
  readonly mode?: string
  readonly size?: readonly [number, number]
  readonly whole?: string
  readonly prepared?: string
  readonly grey?: string
  readonly error?: string
}

interface Golden {
  readonly resized: readonly {
    readonly from: readonly [number, number, number]
    readonly to: readonly [number, number]
    readonly sha256: string
  }[]
  readonly crops: readonly {
    readonly image: readonly [number, number]
    readonly canvas: number
    readonly resized: readonly [number, number]
    readonly corner: readonly [number, number]
  }[]
  readonly normalized: readonly { readonly normalization: string; readonly sha256: string }[]
  readonly files: readonly GoldenFile[]
}

export const golden: Golden = JSON.parse(readFileSync(new URL('../golden/images.json', import.meta.url), 'utf8'))

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes of the linear congruential generator of the C standard, as in `make-images.py`. */
export function pattern(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >> 16) & 255
  })
}
