/** Where results go: standard output takes either the table or one machine-readable form, files take the rest. */
import { UsageError } from '../core/errors.js'
import { checkWritable, writeOutput } from '../results/output-file.js'
import { type Terminal, write } from './terminal.js'

/** What `--json`, `--csv` and `--quiet` ask for. */
export interface OutputChoice {
  readonly json?: string | undefined
  readonly csv?: string | undefined
  readonly quiet?: boolean | undefined
}

/** The forms of one result; each is made, and what makes it loaded, only when it is asked for. */
export interface ResultForms {
  json(): Promise<string>
  /** Absent for commands without `--csv`. */
  csv?(): Promise<string>
  table(): Promise<string>
}

const STANDARD_OUTPUT = '-'

/**
 * Refuses outputs that cannot work, before anything is measured.
 *
 * @throws {UsageError} `E_OUTPUT_CHOICE` when two forms want standard output or the same file
 * @throws {OutputError} `E_OUTPUT` when a file cannot be written
 */
export async function checkOutputs({ json, csv }: OutputChoice): Promise<void> {
  if (json !== undefined && json === csv) {
    const place = json === STANDARD_OUTPUT ? 'standard output' : json
    throw new UsageError('E_OUTPUT_CHOICE', `--json and --csv cannot both go to ${place}`, {
      hint: 'give one of them a file of its own, for example --csv result.csv',
    })
  }
  for (const path of [json, csv]) {
    if (path !== undefined && path !== STANDARD_OUTPUT) await checkWritable(path)
  }
}

/**
 * Prints and writes a result. What cannot be written to its file is not lost: it is printed before the error is thrown.
 *
 * @throws {OutputError} `E_OUTPUT` of the first file that could not be written
 */
export async function showResult(choice: OutputChoice, forms: ResultForms, terminal: Terminal): Promise<void> {
  const wanted = [
    { path: choice.json, form: () => forms.json() },
    ...(forms.csv === undefined ? [] : [{ path: choice.csv, form: forms.csv }]),
  ]
  const printed = wanted.find(({ path }) => path === STANDARD_OUTPUT)
  if (printed !== undefined) await write(terminal.stdout, await printed.form())
  else if (choice.quiet !== true) await write(terminal.stdout, await forms.table())
  const failures: unknown[] = []
  for (const { path, form } of wanted) {
    if (path === undefined || path === STANDARD_OUTPUT) continue
    await form()
      .then((text) => writeOutput(path, text))
      .catch((error: unknown) => failures.push(error))
  }
  if (failures.length === 0) return
  // With --quiet nobody has seen the result yet.
  if (printed === undefined && choice.quiet === true) await write(terminal.stdout, await forms.json())
  throw failures[0]
}
