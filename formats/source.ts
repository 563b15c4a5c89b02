/** A file or folder that may be a model, opened for reading in pieces: no reader ever needs the whole file in memory. */

/** Random access to one file. */
export interface RandomAccessFile {
  readonly path: string
  readonly size: number
  /** Reads exactly `length` bytes at `offset`; throws `FormatError` `E_TRUNCATED` past the end. */
  read(offset: number, length: number): Uint8Array
  close(): void
}

/** A path that was found to exist. */
export interface ModelSource {
  /** Absolute. */
  readonly path: string
  readonly kind: 'file' | 'directory'
  /** Bytes of the file; 0 for a directory. */
  readonly size: number
  /** First bytes of the file, at most 64 KiB; empty for a directory. */
  readonly head: Uint8Array
  /** Names in the directory, sorted; empty for a file. */
  readonly entries: readonly string[]
  /** Opens the file, or a file below the directory; throws `FormatError` `E_PATH_OUTSIDE` for a path that leads out of it. */
  open(relativePath?: string): RandomAccessFile
}
