/**
 * Weights that lie in files beside an ONNX file.
 *
 * @see https://onnx.ai/onnx/repo-docs/ExternalData.html
 */

import { dirname } from 'node:path'
import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { StringStringEntryProto } from '../../src/graph/onnx-schema.js'
import type { Payload } from '../../src/graph/protobuf-schema.js'
import type { RandomAccessFile } from '../random-access-file.js'

/** The data files of one model; each is looked at once, and none stays open. */
export class ExternalData {
  readonly #model: string
  readonly #open: (location: string) => RandomAccessFile
  readonly #files = new Map<string, RandomAccessFile>()

  /**
   * @param model - path of the model file, for hints
   * @param open - opens a file of the model's folder, as `ModelSource.open`
   */
  constructor(model: string, open: (location: string) => RandomAccessFile) {
    this.#model = model
    this.#open = open
  }

  /** Path and bytes of all files met so far, by path; a file that several names lead to counts once. */
  get files(): readonly { readonly path: string; readonly size: number }[] {
    const byPath = new Map([...this.#files.values()].map((file) => [file.path, file]))
    return [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  /**
   * The part of a file that holds a tensor. The checksum, where there is one, is left alone: engines do not check it.
   *
   * @param entries - `TensorProto.external_data`: `location`, and `offset` and `length` in bytes where given
   * @param what - names the tensor in errors
   * @throws {FormatError} `E_EXTERNAL_DATA_MISSING`, `E_EXTERNAL_DATA_TRUNCATED`, `E_ONNX_EXTERNAL_DATA`, `E_PATH_OUTSIDE`,
   *   `E_ONNX_TENSOR_SIZE`
   */
  region(entries: readonly StringStringEntryProto[], byteLength: number, what: string): Payload {
    const location = entryOf(entries, 'location')
    if (location === undefined || location === '') {
      throw new FormatError('E_ONNX_EXTERNAL_DATA', `${what} lies in another file that is not named`, {
        hint: 'export the model again',
      })
    }
    const offset = wholeNumber(entries, 'offset', what) ?? 0
    // Engines take a length of zero for none.
    const length = wholeNumber(entries, 'length', what) || byteLength
    if (length !== byteLength) {
      throw new FormatError('E_ONNX_TENSOR_SIZE', `${what} takes ${byteLength} bytes, but ${length} are kept for it`, {
        hint: 'the file is damaged: export the model again',
      })
    }
    const file = this.#file(location, what)
    if (offset + length > file.size) {
      throw new FormatError(
        'E_EXTERNAL_DATA_TRUNCATED',
        `${file.path} ends at byte ${file.size}, ${what} lies at ${offset} to ${offset + length}`,
        { hint: 'the data file is cut off or of another model: copy or download it again' },
      )
    }
    return file.region(offset, length)
  }

  #file(location: string, what: string): RandomAccessFile {
    const known = this.#files.get(location)
    if (known !== undefined) return known
    const file = this.#openNamed(location, what)
    file.close()
    this.#files.set(location, file)
    return file
  }

  #openNamed(location: string, what: string): RandomAccessFile {
    try {
      return this.#open(location)
    } catch (cause) {
      if (!(cause instanceof FormatError) || cause.code !== 'E_FILE_MISSING') throw cause
      throw new FormatError(
        'E_EXTERNAL_DATA_MISSING',
        `${what} lies in ${quoted(location)}, which is not beside the model`,
        {
          hint: `put that file into ${dirname(this.#model)}: the two belong together`,
          cause,
        },
      )
    }
  }
}

function entryOf(entries: readonly StringStringEntryProto[], key: string): string | undefined {
  return entries.find((entry) => entry.key === key)?.value
}

function wholeNumber(entries: readonly StringStringEntryProto[], key: string, what: string): number | undefined {
  const text = entryOf(entries, key)
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new FormatError('E_ONNX_EXTERNAL_DATA', `${what}: external ${key} is ${quoted(text)}, not a number`, {
    hint: 'the file is damaged: export the model again',
  })
}
