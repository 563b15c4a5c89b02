/** Weights as pieces that pass through reused memory, so that none of them is in memory as a whole without need. */
import { Scratch } from './scratch.js'

/** Bytes that lie elsewhere: in a file, or in another order. */
export interface ByteSource {
  readonly byteLength: number
  /** The result must not be written to. */
  read(): Uint8Array
  /**
   * The same bytes in order, in memory of `scratch`: a piece must not be written to, counts until the next is asked for,
   * and never ends inside an element. Who puts another `read` in the place of this one does the same here.
   *
   * @param atMost - bytes of one piece, where the source can be cut; `Infinity` asks for one piece
   */
  pieces?(scratch: Scratch, atMost: number): Iterable<Uint8Array>
}

/** A size of pieces that costs few calls and little memory. */
export const PIECE = 2 ** 21
/** Room for most weights of most models, so that growing ones do not each get a buffer of their own. */
const ROOM = 2 ** 24

/** @returns memory for all weights of a model, one after the other */
export const scratchForWeights = (): Scratch => new Scratch(ROOM)

/** @returns the pieces of a source; of one that has none, all of it */
export function piecesOf(source: ByteSource, scratch: Scratch, atMost = PIECE): Iterable<Uint8Array> {
  return source.pieces?.(scratch, atMost) ?? [source.read()]
}

/** @returns a source of the same bytes as a plain value, to be spread into another */
export function sameBytes(source: ByteSource): Required<ByteSource> {
  return {
    byteLength: source.byteLength,
    read: () => source.read(),
    pieces: (scratch, atMost) => piecesOf(source, scratch, atMost),
  }
}

/** @returns all pieces as one */
export function joined(byteLength: number, pieces: Iterable<Uint8Array>): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
