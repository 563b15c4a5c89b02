/**
 * Keeps the state of a training in a file, in the format of safetensors: a JSON header, then the tensors.
 *
 * @see https://huggingface.co/docs/safetensors/index#format
 */
import { openFile, type RandomAccessFile } from '../../formats/random-access-file.js'
import type { TrainerState } from '../../formats/trainer.js'
import { FormatError } from '../core/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { writeParts } from '../graph/write-parts.js'
import { type CheckpointHeader, headerBytes, parseHeader, type StoredTensor } from './checkpoint-header.js'
import { emptyElements, type FloatElements } from './state-buffers.js'

/** A state, and what else its writer wanted to keep. */
export interface Checkpoint {
  readonly state: TrainerState
  /** Texts of the writer, e.g. what was measured so far. */
  readonly metadata: ReadonlyMap<string, string>
}

/** Longest header that is read: names of 100,000 tensors and the writer's texts take less. */
const LONGEST_HEADER = 2 ** 25

/**
 * Writes through a temporary file, which takes the place of the one before only when the disk has all of it.
 *
 * @throws {GreenbenchError} `E_WRITE_FAILED` for a folder that cannot be written to or a full disk
 */
export async function writeCheckpoint(
  path: string,
  state: TrainerState,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const tensors = [...state.tensors.values()].map(({ data }) => {
    const { buffer, byteOffset, byteLength } = data as FloatElements
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  await writeParts(path, [headerBytes(state, metadata), ...tensors], { isDurable: true })
}

/**
 * @throws {FormatError} `E_CHECKPOINT` for a file that is none or is damaged, `E_FILE_MISSING`, `E_FILE_DENIED`; no more
 *   memory is taken than the file is long
 */
export function readCheckpoint(path: string): Checkpoint {
  const file = openFile(path)
  try {
    const { length, header } = readHeader(file)
    const tensors = header.tensors.map((stored) => [stored.name, readTensor(file, 8 + length, stored)] as const)
    return { state: { ...header.counts, tensors: new Map(tensors) }, metadata: header.metadata }
  } finally {
    file.close()
  }
}

function readHeader(file: RandomAccessFile): { readonly length: number; readonly header: CheckpointHeader } {
  const { path, size } = file
  const start = new DataView(file.read(0, Math.min(size, 8)).slice().buffer)
  const length = start.byteLength < 8 ? Number.NaN : Number(start.getBigUint64(0, true))
  if (!(length <= Math.min(size - 8, LONGEST_HEADER))) {
    throw new FormatError('E_CHECKPOINT', `${path} is no checkpoint, or is cut off`, {
      hint: 'name a file that greenbench train has written',
    })
  }
  return { length, header: parseHeader(path, file.read(8, length), size - 8 - length) }
}

function readTensor(file: RandomAccessFile, start: number, { name, dtype, shape, begin, end }: StoredTensor): Tensor {
  const data = emptyElements(dtype, (end - begin) / (dtype === 'float32' ? 4 : 8))
  const bytes = new Uint8Array(data.buffer)
  if (file.readInto(bytes, start + begin) !== bytes.length) {
    throw new FormatError('E_CHECKPOINT', `${file.path} ends inside "${name}"`, { hint: 'the file is cut off' })
  }
  // No training writes NaN: it ends at the step that would.
  if (!data.some(Number.isNaN)) return { dtype, shape, data }
  throw new FormatError('E_CHECKPOINT', `${file.path} is damaged: "${name}" holds values that are no numbers`, {
    hint: 'resume from another checkpoint, or begin anew',
  })
}
