/** Options of what is written and shown, which many commands have. */
import { flag, path, repeated, words } from '../value-kind.js'
import { output } from './option-group.js'

/** A file to write. */
export const file = (example: string) => path("a file, or - for the terminal's output", example)

const orStandardOutput = { isFileOptional: true } as const

/** `--json`, `--csv` and `--quiet`, which differ in what is written and what is not said. */
export const jsonOutput = (example: string, what: string) =>
  output(file(example), 'file', `write ${what} as JSON; standard output without a file`, orStandardOutput)

/** `--csv`: of what a row is for. */
export const rowsOutput = (example: string, what: string) =>
  output(file(example), 'file', `write one row per ${what}; - for standard output`)

/** `--quiet`: of what is not said. */
export const quietOutput = (effect: string) => output(flag, undefined, effect)

/** Charts in the terminal. */
export const plot = output(flag, undefined, 'draw charts below the table: power, latency, energy, layers')

/** `--explain`. */
export const explainOption = output(
  flag,
  undefined,
  'show what the intervals are made of, and how the sensors were read',
)

/** `--trace`. */
export const traceOption = output(
  path('a file', 'run.jsonl'),
  'file',
  'keep every reading and finding as it comes, for greenbench replay',
)

/** What stops a build, in every command that measures. */
export const limitOptions = {
  failIf: output(
    repeated(words('a limit', 'energyPerInference>0.5J')),
    'limit',
    "end with code 3 when a figure is over it, e.g. 'energyPerInference>0.5J' (repeatable)",
  ),
  githubSummary: output(
    flag,
    undefined,
    'add whether the limits hold to the summary of the build, $GITHUB_STEP_SUMMARY',
  ),
}
