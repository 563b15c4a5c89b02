/** The one text that a command makes: to standard output, or to the file that `-o` names. */
import { writeOutput } from '../results/output-file.js'
import { printable } from '../results/printable.js'
import { type Terminal, write } from './terminal.js'

/** In the place of a file. */
export const STANDARD_OUTPUT = '-'

/**
 * Writes the text, and says so on standard error where it went to a file.
 *
 * @throws {OutputError} `E_OUTPUT`
 */
export async function writeText(
  text: string,
  { output, quiet }: { readonly output: string; readonly quiet?: boolean | undefined },
  terminal: Terminal,
): Promise<void> {
  if (output === STANDARD_OUTPUT) return write(terminal.stdout, text)
  await writeOutput(output, text)
  if (quiet !== true) await write(terminal.stderr, `wrote ${printable(output)}\n`)
}
