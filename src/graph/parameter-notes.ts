/** What a format knows of its weights and ONNX has no field for: notes beside a tensor, so that a written model counts alike. */
import type { Initializer } from './graph.js'
import type { StringStringEntryProto } from './onnx-schema.js'

type Notes = Pick<Initializer, 'trainable' | 'storedElements'>

const TRAINABLE = 'greenbench.trainable'
/** Elements that count as weights: gates of recurrent layers have zeros beside them. */
const STORED = 'greenbench.stored_elements'

/** @returns entries of `TensorProto.metadata_props`; none where the operators decide, as in files of other tools */
export function countNotes({ trainable, storedElements, sparse }: Initializer): readonly StringStringEntryProto[] {
  const notes: StringStringEntryProto[] = []
  if (trainable !== undefined) notes.push({ key: TRAINABLE, value: String(trainable) })
  if (storedElements !== undefined && sparse === undefined) notes.push({ key: STORED, value: String(storedElements) })
  return notes
}

/** @param count - elements of the tensor; a note that says more, or makes no sense, is passed over */
export function readCountNotes(entries: readonly StringStringEntryProto[], count: number): Notes {
  const of = (name: string) => entries.find(({ key }) => key === name)?.value ?? ''
  const trainable = of(TRAINABLE)
  const stored = /^\d{1,16}$/.test(of(STORED)) ? Number(of(STORED)) : Number.POSITIVE_INFINITY
  return {
    ...(trainable === 'true' || trainable === 'false' ? { trainable: trainable === 'true' } : {}),
    ...(stored <= count ? { storedElements: stored } : {}),
  }
}
