/** Leaderboards on disk: one line per run and per entry, so that a change shows as few changed lines. */
import { open } from 'node:fs/promises'
import { FormatError, GreenbenchError } from '../../core/errors.js'
import type { Leaderboard, LeaderboardRun, LeaderboardTraining } from './leaderboard.js'
import { shapeFaults } from './leaderboard-faults.js'
import type { LeaderboardOf } from './rankable.js'
import { type WrittenRun, type WrittenTraining, writtenJson } from './written-run.js'

/** A text longer than this cannot be held. */
const MOST_BYTES = 480 * 2 ** 20
/** Bytes that are written at once. */
const PART = 2 ** 20

/** A leaderboard whose runs are whole, or known as JSON. */
export type WritableLeaderboard = LeaderboardOf<LeaderboardRun | WrittenRun, LeaderboardTraining | WrittenTraining>

/** @returns JSON, the same for the same leaderboard to the byte */
export function leaderboardToJson(leaderboard: WritableLeaderboard): string {
  let json = ''
  for (const part of leaderboardBytes(leaderboard)) json += part.toString('utf8')
  return json
}

/**
 * @returns the same as `leaderboardToJson` in UTF-8, in parts of about a megabyte, since it need not fit into one text. A part
 * holds until the next is asked for: fresh memory for each takes longer than filling it
 */
export function* leaderboardBytes(leaderboard: WritableLeaderboard): Generator<Buffer, void> {
  const part = Buffer.allocUnsafeSlow(PART)
  let filled = 0
  for (const text of texts(leaderboard)) {
    const piece = typeof text === 'string' ? Buffer.from(text) : text
    if (filled + piece.length > PART) {
      yield part.subarray(0, filled)
      filled = 0
    }
    if (piece.length > PART) yield Buffer.from(piece)
    else {
      part.set(piece, filled)
      filled += piece.length
    }
  }
  yield part.subarray(0, filled)
}

type Text = string | Uint8Array

function* texts(leaderboard: WritableLeaderboard): Generator<Text, void> {
  let separator = '{\n'
  for (const [name, value] of Object.entries<unknown>(leaderboard)) {
    yield `${separator}  ${JSON.stringify(name)}: `
    separator = ',\n'
    if (!Array.isArray(value)) yield name === 'edition' ? indented(value) : JSON.stringify(value)
    else if (name === 'groups') yield* list(leaderboard.groups, groupJson)
    else yield* list(value, (item: object) => writtenJson(item) ?? JSON.stringify(item))
  }
  yield '\n}\n'
}

const indented = (value: unknown): string => JSON.stringify(value, undefined, 2).replaceAll('\n', '\n  ')

function* list<Item>(items: readonly Item[], json: (item: Item) => Text, indent = '    '): Generator<Text, void> {
  if (items.length === 0) return yield '[]'
  for (const [index, item] of items.entries()) {
    yield `${index === 0 ? '[' : ','}\n${indent}`
    yield json(item)
  }
  yield `\n${indent.slice(2)}]`
}

function groupJson({ entries, ...head }: Leaderboard['groups'][number]): string {
  const rows = [...list(entries, (entry) => JSON.stringify(entry), '      ')].join('')
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
    throw new FormatError('E_LEADERBOARD_INVALID', `${path}: not JSON`, {
      hint: 'leaderboards are the files of greenbench leaderboard build: build it again from its records',
      cause,
    })
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
