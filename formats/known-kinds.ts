/** Kinds of files that are known but not supported, so that the message can name them and a way out. */
import type { ModelSource } from './source.js'

/** What a file is, and how to get something that can be read. */
export interface KnownKind {
  /** Reads on after "is": `a Keras HDF5 file: not supported yet`. */
  readonly what: string
  readonly hint: string
}

/** @returns the kind, or `undefined` for a file of no known kind */
export function recognise(source: ModelSource): KnownKind | undefined {
  return KINDS.find((kind) => kind.test(source))
}

const KINDS: readonly (KnownKind & { readonly test: (source: ModelSource) => boolean })[] = []
