/** Most of a record are its samples, which a leaderboard does not keep: their lists are checked as bytes, and not parsed. */
import { randomUUID } from 'node:crypto'
import { parsedRecord } from '../read-record.js'
import { type NumberKernel, openNumberKernel } from './number-kernel.js'
import { afterSpace, endOfNumberList } from './number-list.js'

/**
 * Ends of the names of the lists. Within a text a quote has a backslash before it, so none of them stands there. With the
 * quote before them they would be found ten times as slowly, since that is frequent.
 */
const NAMES = ['latencySeconds"', 'values"'].map((name) => Buffer.from(name))
/** Stands where a list stood; nobody who writes a record can know it. */
const MARK = randomUUID()
const MARK_TEXT = JSON.stringify(MARK)
/** Bytes of a list that is worth taking out. */
const SHORTEST = 256
const COLON = 0x3a
/** A larger file could hold more values than a record may, which nobody would see without those that are passed over. */
const MOST_BYTES = 8 * 2 ** 20

let opened: { readonly kernel: NumberKernel | undefined; readonly room: Buffer } | undefined

/** @returns where to put the bytes of a file, so that its samples are passed over quickly; a thread has one such room */
export function roomForFile(): Buffer {
  if (opened === undefined) {
    const kernel = openNumberKernel(MOST_BYTES)
    opened = { kernel, room: kernel?.room ?? Buffer.allocUnsafeSlow(MOST_BYTES) }
  }
  return opened.room
}

/** @returns the loop in whose room the bytes lie */
const kernelOf = (bytes: Buffer): NumberKernel | undefined =>
  bytes.buffer === opened?.room.buffer && bytes.byteOffset === opened.room.byteOffset ? opened.kernel : undefined

type Fields = Record<string, unknown>

/** A part of the bytes, from its first to before its last. */
interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * Parses a file of records, and leaves lists of samples empty that hold nothing but finite numbers from 0. Where a list might
 * be anything else, or does not belong to the samples of a run, the file is parsed as it is.
 *
 * @param path - for messages
 * @param bytes - of the whole file, in UTF-8
 * @throws {FormatError} `E_RECORD_INVALID` when it is no JSON
 */
export function parsedWithoutSamples(path: string, bytes: Buffer): unknown {
  if (bytes.length <= MOST_BYTES) {
    const { text, lists } = withoutSampleLists(bytes)
    const json = parsedRecord(path, text)
    if (emptySampleLists(json) === lists) return json
  }
  return parsedRecord(path, bytes.toString('utf8'))
}

/** The rest is JSON exactly when the whole is: a value stands where a list stood. */
function withoutSampleLists(bytes: Buffer): { readonly text: string; readonly lists: number } {
  const kernel = kernelOf(bytes)
  let lists: readonly Stretch[] = []
  for (const name of NAMES) {
    const more = gapsBetween(lists, bytes.length).flatMap((gap) => listsNamed(name, bytes, gap, kernel))
    lists = [...lists, ...more].sort((one, other) => one.from - other.from)
  }
  const kept = gapsBetween(lists, bytes.length).map(({ from, to }) => bytes.toString('utf8', from, to))
  return { text: kept.join(MARK_TEXT), lists: lists.length }
}

/** What lies between, before and after. */
function gapsBetween(lists: readonly Stretch[], length: number): readonly Stretch[] {
  const ends = [0, ...lists.map(({ to }) => to)]
  return ends.map((from, index) => ({ from, to: lists[index]?.from ?? length }))
}

/** @param gap - where to look */
function listsNamed(
  name: Buffer,
  bytes: Buffer,
  { from, to }: Stretch,
  kernel: NumberKernel | undefined,
): readonly Stretch[] {
  const lists: Stretch[] = []
  const part = bytes.subarray(0, to)
  for (let at = part.indexOf(name, from); at >= 0; at = part.indexOf(name, at)) {
    at += name.length
    const colon = afterSpace(part, at)
    const start = part[colon] === COLON ? afterSpace(part, colon + 1) : at
    const end = endOfNumberList(part, start, kernel)
    if (end === undefined || end - start < SHORTEST) continue
    lists.push({ from: start, to: end })
    at = end
  }
  return lists
}

/** @returns how many lists are empty now whose place had been marked */
function emptySampleLists(json: unknown): number {
  let emptied = 0
  for (const { samples } of runsIn(json)) {
    if (!isObject(samples)) continue
    emptied += emptyList(samples, 'latencySeconds')
    for (const epoch of listOf(samples.losses)) emptied += emptyList(epoch, 'values')
  }
  return emptied
}

/** No deeper than records can lie: foreign JSON may nest without end. */
const runsIn = (json: unknown): readonly Fields[] =>
  listOf(Array.isArray(json) ? json : [json]).flatMap((record) =>
    record.kind === 'comparison' ? listOf(record.records) : [record],
  )

function emptyList(fields: Fields, name: string): number {
  if (fields[name] !== MARK) return 0
  fields[name] = []
  return 1
}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : [])

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
