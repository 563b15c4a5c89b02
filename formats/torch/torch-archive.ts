/** The zip archive that PyTorch writes since 1.6: pickles, storages and texts in one folder of any name. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { memoryFile, type RandomAccessFile } from '../random-access-file.js'
import { type ArchiveEntry, contentStart, readArchive, readEntry } from '../zip/archive.js'
import type { Storage } from './located-tensor.js'
import type { PickleValue } from './pickle/pickle-value.js'
import { readPickle } from './pickle/read-pickle.js'

/** Largest text, or pickle that is packed. */
const LARGEST_TEXT = 64 * 2 ** 20

/** Entries by their names without the folder. */
export class TorchArchive {
  readonly path: string
  readonly #file: RandomAccessFile
  readonly #entries: ReadonlyMap<string, ArchiveEntry>

  /** @throws {FormatError} `E_ZIP` */
  constructor(file: RandomAccessFile) {
    this.path = file.path
    this.#file = file
    const entries = [...readArchive(file)]
    this.#entries = new Map(entries.map(([name, entry]) => [name.slice(name.indexOf('/') + 1), entry]))
    this.#refuseBigEndian()
  }

  /** Without the folder, in the order of the archive. */
  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** @throws {FormatError} `E_TORCH_ENTRY` where there is no such entry; `E_ZIP` where it is broken */
  text(name: string): string {
    return Buffer.from(readEntry(this.#file, this.#entry(name), LARGEST_TEXT)).toString('utf8')
  }

  /** @throws {FormatError} `E_TORCH_ENTRY`, `E_ZIP`, `E_PICKLE` */
  pickle(name: string): PickleValue {
    const entry = this.#entry(name)
    if (entry.isStored) return readPickle(this.#file, contentStart(this.#file, entry), entry.size).value
    return readPickle(memoryFile(readEntry(this.#file, entry, LARGEST_TEXT), this.path)).value
  }

  /**
   * @returns a storage that is read where it lies; `undefined` where there is none
   * @throws {FormatError} `E_ZIP`; `E_TORCH_ENTRY` where it is compressed
   */
  storage(name: string): Storage | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    if (!entry.isStored) throw entryError(this.path, `${quoted(name)} is compressed, which PyTorch never does`)
    const start = contentStart(this.#file, entry)
    const { size: byteLength } = entry
    return { byteLength, part: (offset, length) => this.#file.region(start + offset, length) }
  }

  #entry(name: string): ArchiveEntry {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw entryError(this.path, `${quoted(name)} is missing`)
    return entry
  }

  #refuseBigEndian(): void {
    if (!this.has('byteorder') || this.text('byteorder').trim() !== 'big') return
    throw new UnsupportedError('E_TORCH_BYTE_ORDER', `${this.path} was written by a big-endian machine`, {
      hint: 'load it with PyTorch on this machine, and save it again',
    })
  }
}

function entryError(path: string, what: string): FormatError {
  return new FormatError('E_TORCH_ENTRY', `${path} is a damaged PyTorch archive: ${what}`, {
    hint: 'download the file or save the model again',
  })
}
