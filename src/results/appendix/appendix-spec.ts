/**
 * The specification of an appendix: which runs belong together, what is said of them, and in which order. Its names are
 * those of experiment-impact-tracker, so that specifications written for it can be used.
 *
 * @see https://github.com/Breakend/experiment-impact-tracker
 */
import { open, stat } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { FormatError } from '../../core/errors.js'
import { quoted } from '../../core/quoted.js'

/** One group of runs, below its title. */
export interface AppendixGroup {
  /** Regular expression of JavaScript, searched for in what names a run; the empty one takes all runs of the group above. */
  readonly filter: string
  readonly description?: string
  /** Names of variables, or paths of numbers in a record, e.g. `latency.p50`. */
  readonly executive_summary_variables?: readonly string[]
  readonly executive_summary_ordering_variable?: string
  /** `descending` where it is absent. */
  readonly executive_summary_ordering?: 'ascending' | 'descending'
  readonly executive_summary_plots?: readonly { readonly x: string; readonly y: string }[]
  /** Names code of a user: it is never run, and the page says so. */
  readonly extra_files_processor?: string
  readonly child_experiments?: AppendixSpec
}

/** Groups by their titles, in the order in which they are shown. */
export type AppendixSpec = Readonly<Record<string, AppendixGroup>>

const MOST_BYTES = 1 << 20
const MOST_DEPTH = 8
const MOST_GROUPS = 1000

const variable = { type: 'string', minLength: 1, maxLength: 200 } as const
const groups = {
  type: 'object',
  minProperties: 1,
  maxProperties: MOST_GROUPS,
  propertyNames: { minLength: 1, maxLength: 300 },
  additionalProperties: { $ref: '#/$defs/group' },
} as const

/** JSON Schema of the file. */
export const APPENDIX_SCHEMA = {
  $id: 'urn:greenbench:appendix:1',
  title: 'greenbench appendix',
  ...groups,
  $defs: {
    group: {
      type: 'object',
      required: ['filter'],
      additionalProperties: false,
      properties: {
        filter: { type: 'string', maxLength: 500 },
        description: { type: 'string', maxLength: 20_000 },
        executive_summary_variables: { type: 'array', maxItems: 30, items: variable },
        executive_summary_ordering_variable: variable,
        executive_summary_ordering: { enum: ['ascending', 'descending'] },
        executive_summary_plots: {
          type: 'array',
          maxItems: 20,
          items: {
            type: 'object',
            required: ['x', 'y'],
            additionalProperties: false,
            properties: { x: variable, y: variable },
          },
        },
        extra_files_processor: { type: 'string', maxLength: 500 },
        child_experiments: groups,
      },
    },
  },
} as const

/**
 * @param path - a JSON or YAML file
 * @throws {FormatError} `E_APPENDIX_SPEC` with the place of the first fault
 */
export async function readAppendixSpec(path: string): Promise<AppendixSpec> {
  const text = await readBounded(path)
  let content: unknown
  try {
    // JSON is YAML too.
    content = parse(text, { maxAliasCount: 100 })
  } catch (cause) {
    throw wrong(path, String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0] ?? '', cause)
  }
  return parseAppendixSpec(content, path)
}

/** @param path - for the message alone */
export function parseAppendixSpec(content: unknown, path: string): AppendixSpec {
  if (!isBounded(content))
    throw wrong(path, `groups nest deeper than ${MOST_DEPTH} levels, or there are more than ${MOST_GROUPS}`)
  const check = new Ajv().compile<AppendixSpec>(APPENDIX_SCHEMA)
  if (check(content)) return content
  const [fault] = check.errors ?? []
  const place = (fault?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/'))
    .join(' > ')
  throw wrong(
    path,
    `${place === '' ? 'the file' : quoted(place)} ${fault?.message ?? 'does not fit'}${detailOf(fault?.params)}`,
  )
}

/** Before the schema is asked, which would follow any depth. */
function isBounded(content: unknown): boolean {
  const waiting: { groups: unknown; depth: number }[] = [{ groups: content, depth: 1 }]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.groups !== 'object' || next.groups === null) continue
    if (next.depth > MOST_DEPTH) return false
    for (const group of Object.values(next.groups)) {
      count += 1
      if (count > MOST_GROUPS) return false
      if (typeof group === 'object' && group !== null)
        waiting.push({ groups: group.child_experiments, depth: next.depth + 1 })
    }
  }
  return true
}

function detailOf(params: Readonly<Record<string, unknown>> | undefined): string {
  if (typeof params?.additionalProperty === 'string') return `: ${quoted(params.additionalProperty)}`
  return Array.isArray(params?.allowedValues) ? `: ${params.allowedValues.join(', ')}` : ''
}

async function readBounded(path: string): Promise<string> {
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > MOST_BYTES) throw wrong(path, `expected a file of at most ${MOST_BYTES} bytes`)
    await using file = await open(path, 'r')
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof FormatError) throw cause
    throw wrong(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

const wrong = (path: string, problem: string, cause?: unknown): FormatError =>
  new FormatError('E_APPENDIX_SPEC', `${path}: ${problem}`, {
    cause,
    hint: 'for example {"All models": {"filter": "", "executive_summary_variables": ["energyPerInference"]}}',
  })
