/** Leaderboards on disk: one line per run and per entry, so that a change shows as few changed lines. */
import { open } from 'node:fs/promises'
import { FormatError, GreenbenchError } from '../../core/errors.js'
import type { Leaderboard } from './leaderboard.js'
import { shapeFaults } from './leaderboard-faults.js'

/** A text longer than this cannot be held. */
const MOST_BYTES = 480 * 2 ** 20

/** @returns JSON, the same for the same leaderboard to the byte */
export function leaderboardToJson(leaderboard: Leaderboard): string {
  const fields = Object.entries(leaderboard).map(([name, value]) => `  ${JSON.stringify(name)}: ${field(name, value)}`)
  return `{\n${fields.join(',\n')}\n}\n`
}

function field(name: string, value: unknown): string {
  if (name === 'groups' && Array.isArray(value)) return list(value.map((group: object) => groupJson(group)))
  if (Array.isArray(value)) return list(value.map((item: unknown) => JSON.stringify(item)))
  return name === 'edition' ? JSON.stringify(value, undefined, 2).replaceAll('\n', '\n  ') : JSON.stringify(value)
}

const list = (items: readonly string[], indent = '    '): string =>
  items.length === 0 ? '[]' : `[\n${items.map((item) => `${indent}${item}`).join(',\n')}\n${indent.slice(2)}]`

function groupJson(group: object): string {
  const { entries, ...head } = group as Leaderboard['groups'][number]
  const rows = list(
    entries.map((entry) => JSON.stringify(entry)),
    '      ',
  )
  return `${JSON.stringify(head).slice(0, -1)},"entries":${rows}}`
}

/**
 * @returns the parsed JSON of a file, whatever it is
 * @throws {FormatError} `E_LEADERBOARD_READ`, `E_LEADERBOARD_SIZE` or, for what is no JSON, `E_LEADERBOARD_INVALID`
 */
export async function readLeaderboardJson(path: string): Promise<unknown> {
  const text = await readBounded(path)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FormatError('E_LEADERBOARD_INVALID', `${path}: not JSON`, { cause })
  }
}

/**
 * @returns a leaderboard that fits the schema; whether its figures follow from its runs is not checked
 * @throws {FormatError} as `readLeaderboardJson`; `E_LEADERBOARD_INVALID` with the first fault
 */
export async function readLeaderboard(path: string): Promise<Leaderboard> {
  const json = await readLeaderboardJson(path)
  const faults = shapeFaults(json)
  const [first] = faults
  if (first === undefined) return json as Leaderboard
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  throw new FormatError('E_LEADERBOARD_INVALID', `${path}: ${first.path} ${first.problem}${more}`, {
    hint: 'this is no leaderboard, or a broken one: greenbench leaderboard validate shows all faults',
  })
}

async function readBounded(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const facts = await file.stat()
    if (!facts.isFile()) throw new FormatError('E_LEADERBOARD_READ', `${path}: not a file`)
    if (facts.size > MOST_BYTES) {
      throw new FormatError('E_LEADERBOARD_SIZE', `${path}: ${facts.size} bytes are more than ${MOST_BYTES}`)
    }
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof GreenbenchError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FormatError('E_LEADERBOARD_READ', `cannot read the leaderboard ${path}: ${reason}`, { cause })
  }
}
