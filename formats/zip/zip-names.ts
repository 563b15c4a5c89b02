/** Names in a zip archive, from its central directory alone. */
import { FormatError } from '../../src/core/errors.js'
import type { ModelSource } from '../source.js'
import { LOCAL_HEADER, readDirectory, viewOf } from './directory.js'

/** @returns names of the entries; none for what is no zip archive, or a broken one */
export function zipNames(source: ModelSource): string[] {
  if (source.kind !== 'file' || source.head.length < 22 || viewOf(source.head).getUint32(0, true) !== LOCAL_HEADER)
    return []
  const file = source.open()
  try {
    return readDirectory(file).map(({ name }) => name)
  } catch (cause) {
    if (cause instanceof FormatError) return []
    throw cause
  } finally {
    file.close()
  }
}
