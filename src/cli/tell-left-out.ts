/** What a command passed over, told where the result has no place for it. */
import type { LeftOut } from '../results/left-out.js'
import { printable } from '../results/printable.js'
import { type Terminal, write } from './terminal.js'

/** A line on standard error for each, `--quiet` or not: the result has less in it than was asked for. */
export async function tellLeftOut(leftOut: readonly LeftOut[], terminal: Terminal): Promise<void> {
  for (const { what, reason } of leftOut) {
    await write(terminal.stderr, `greenbench: left out ${printable(what)}: ${printable(reason)}\n`)
  }
}
