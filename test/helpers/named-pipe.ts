/** A pipe with a name, which stands for all that is written in place: tests never touch the devices of the machine. */
import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'

/** @returns the pipe, being read, and what its first writer has written by the time it closes */
export function namedPipe(path: string): { readonly path: string; written(): Promise<Buffer> } {
  execFileSync('mkfifo', [path])
  const read = buffer(createReadStream(path))
  return { path, written: () => read }
}
