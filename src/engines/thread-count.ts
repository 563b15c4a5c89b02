/** How many threads a library started, where the operating system tells. */
import { readdirSync } from 'node:fs'

/**
 * Threads of this process.
 *
 * @returns `undefined` where there is no `/proc` (macOS, Windows)
 */
export function countThreads(): number | undefined {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return undefined // no such folder: not Linux
  }
}
