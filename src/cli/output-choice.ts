/** Where results go: standard output takes either the table or one machine-readable form, files take the rest. */
import { UsageError } from '../core/errors.js'
import { checkWritable, writeOutput } from '../results/output-file.js'
import { flagOf } from './option-definition.js'
import { type Outputs, refuseOverwriting, type Source } from './overwriting.js'
import { type Terminal, write } from './terminal.js'
import { STANDARD_OUTPUT } from './text-output.js'

/** What `--json`, `--csv`, `--trace` and `--quiet` ask for. */
export interface OutputChoice {
  readonly json?: string | undefined
  readonly csv?: string | undefined
  /** Written while the run goes on. */
  readonly trace?: string | undefined
  readonly quiet?: boolean | undefined
}

/** The forms of one result; each is made, and what makes it loaded, only when it is asked for. */
export interface ResultForms {
  json(): Promise<string>
  /** Absent for commands without `--csv`. */
  csv?(): Promise<string>
  table(): Promise<string>
}
const MODEL_FILE = /\.(onnx|h5|hdf5|keras|pb)$/i

/**
 * Refuses outputs that cannot work, before anything is measured.
 *
 * @param sources - what the command reads
 * @param more - files of other forms by the names of their options
 * @throws {UsageError} `E_OUTPUT_CHOICE` when two forms want standard output or the same file, or one would replace a source
 * @throws {OutputError} `E_OUTPUT` when a file cannot be written
 */
export async function checkOutputs(
  { json, csv, trace }: OutputChoice,
  sources: readonly Source[] = [],
  more: Readonly<Record<string, string | undefined>> = {},
): Promise<void> {
  if (trace === STANDARD_OUTPUT) {
    throw new UsageError('E_OUTPUT_CHOICE', '--trace cannot go to standard output', {
      hint: 'give it a file, for example --trace run.jsonl',
    })
  }
  if (json !== undefined && MODEL_FILE.test(json)) {
    throw new UsageError('E_OUTPUT_CHOICE', `--json ${json} would write a record over a model`, {
      hint: 'put --json last for standard output, or give it a file, for example --json result.json',
    })
  }
  const given = Object.entries({ json, csv, trace, ...more }).map(([name, path]) => [flagOf(name), path] as const)
  await checkFiles(Object.fromEntries(given), sources)
}

/**
 * The same for a command whose outputs are files alone.
 *
 * @param outputs - paths by what the user calls them, e.g. `-o`
 */
export async function checkFiles(outputs: Outputs, sources: readonly Source[]): Promise<void> {
  await refuseOverwriting(outputs, sources)
  for (const path of Object.values(outputs))
    if (path !== undefined && path !== STANDARD_OUTPUT) await checkWritable(path)
}

/**
 * Prints and writes a result. What cannot be written to its file is not lost: it is printed before the error is thrown.
 *
 * @param more - other forms, and where they go
 * @throws {OutputError} `E_OUTPUT` of the first file that could not be written
 */
export async function showResult(
  choice: OutputChoice,
  forms: ResultForms,
  terminal: Terminal,
  more: readonly { readonly path: string | undefined; form(): Promise<string> }[] = [],
): Promise<void> {
  const wanted = [
    { path: choice.json, form: () => forms.json() },
    ...(forms.csv === undefined ? [] : [{ path: choice.csv, form: forms.csv }]),
    ...more,
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
