/** Where the command line reads its surroundings and writes its words; a pipe that closes early is not an error. */
import { cannotWrite } from '../results/output-file.js'
import { isUnicodeTerminal, type PlotView } from '../results/plot/plot-view.js'
import { chooseStyle, type TextStyle } from '../results/text-style.js'

/** What a command may know of the world around it. */
export interface Terminal {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** Width where there is no terminal. */
const PLAIN_WIDTH = 100

/** @returns the terminal of this process */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process
  stdout.on('error', (error) => ignoreClosedPipe(error, 'standard output'))
  stderr.on('error', (error) => ignoreClosedPipe(error, 'standard error'))
  return { folder: process.cwd(), environment: process.env, stdout, stderr }
}

/** `greenbench ... | head` ends the reader first: what it did not want is dropped in silence. */
function ignoreClosedPipe(error: NodeJS.ErrnoException, place: string): void {
  if (error.code !== 'EPIPE') throw cannotWrite(place, error)
}

/** @returns columns that text on standard output may take */
export const widthOf = ({ stdout }: Terminal): number => (stdout.isTTY ? stdout.columns : PLAIN_WIDTH)

/** @param isWanted - `false` for `--no-color` */
export const styleOf = (terminal: Terminal, stream: 'stdout' | 'stderr', isWanted: boolean): TextStyle =>
  chooseStyle(terminal[stream].isTTY, terminal.environment, isWanted)

/** @returns how charts are drawn on standard output */
export const plotViewOf = (terminal: Terminal, isWanted: boolean): PlotView => ({
  width: widthOf(terminal),
  style: styleOf(terminal, 'stdout', isWanted),
  isUnicode: isUnicodeTerminal(terminal.environment),
})

/** Writes and waits until it is written, so that the process may end. */
export function write(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    // A closed pipe reports here too; the stream's own handler has judged it.
    if (stream.destroyed || !stream.writable) resolve()
    else stream.write(text, () => resolve())
  })
}
