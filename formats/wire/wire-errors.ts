/** Errors about bytes that are no protobuf. */
import { FormatError } from '../../src/core/errors.js'

/** What may be wrong with the bytes at one place. */
export type BrokenCode = `E_PROTOBUF_${'TAG' | 'VARINT' | 'LENGTH' | 'TYPE'}`

/** @param detail - reads on after the place where the file ends */
export function truncatedFile(path: string, end: number, detail: string): FormatError {
  return new FormatError('E_PROTOBUF_TRUNCATED', `${path} ends at byte ${end}${detail}`, {
    hint: 'the file is cut off: download or export it again',
  })
}

export function brokenFile(code: BrokenCode, path: string, offset: number, what: string): FormatError {
  return new FormatError(code, `${path} is broken at byte ${offset}: ${what}`, {
    hint: 'the file is damaged or of another kind: download or export it again',
  })
}
