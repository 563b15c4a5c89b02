/** What commands read, by kind: which of the files of a folder belong to it. */
import { closeSync, openSync, readSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { IMAGE_ENDINGS } from '../images/image-type.js'
import { readRecordBytes } from '../results/record-bytes.js'
import type { Source } from './overwriting.js'

/** @param paths - files that `--json` wrote, or folders that are looked through for them */
export const recordSources = (paths: readonly string[]): readonly Source[] =>
  paths.map((path) => ({
    path,
    reads: (file, how) => how === 'named' || (how === 'below' && file.endsWith('.json') && mayHoldRecords(file)),
  }))

/** As `recordSources`, where a leaderboard may lie among the records: it is what is written anew. */
export const rankedSources = (paths: readonly string[]): readonly Source[] =>
  recordSources(paths).map(({ path, reads }) => ({
    path,
    reads: (file, how) => !isLeaderboard(file) && reads(file, how),
  }))

/** By its beginning, since it may be larger than any record. */
function isLeaderboard(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    const head = Buffer.alloc(1024)
    const bytes = readSync(file, head, 0, head.length, 0)
    closeSync(file)
    return /^\s*\{[^{[]*"kind":\s*"leaderboard"/.test(head.toString('utf8', 0, bytes))
  } catch {
    // What cannot be read is taken for a run, which is not written over.
    return false
  }
}

/** @param paths - files of any kind; what is not there is passed over, since it may be the name of a package */
export const fileSources = (paths: readonly (string | undefined)[]): readonly Source[] =>
  paths.flatMap((path) => (path === undefined ? [] : [{ path, reads: (_file, how) => how === 'named' }]))

/** @param paths - models: all of a folder belongs to one, and so do data files beside it under its name */
export const modelSources = (paths: readonly string[]): readonly Source[] =>
  paths.map((path) => ({
    path,
    reads: (file, how) =>
      how === 'named' ||
      (how === 'below' && !isResult(file)) ||
      (how === 'beside' && DATA_OF_MODEL.test(basename(file).slice(basename(path).length))),
  }))

/** As in `model.onnx.data` and `model.onnx_data_1`. */
const DATA_OF_MODEL = /^[._-]?data/i

/** @param paths - images, or folders of them */
export const imageSources = (paths: readonly (string | undefined)[]): readonly Source[] =>
  paths.flatMap((path) =>
    path === undefined ? [] : [{ path, reads: (file, how) => how === 'named' || (how === 'below' && isImage(file)) }],
  )

const isImage = (file: string): boolean => IMAGE_ENDINGS.has(extname(file).toLowerCase())

/** Earlier results in the folder of a model, which may be written anew. */
function isResult(file: string): boolean {
  if (/\.(csv|jsonl)$/i.test(file)) return true
  return /\.json$/i.test(file) && KINDS.has(kindIn(file))
}

const KINDS = new Set<unknown>(['inference', 'training', 'inspection', 'comparison', 'conversion'])

/** What is no JSON may be half a record; what is another kind of JSON is none. */
function mayHoldRecords(file: string): boolean {
  const kind = kindIn(file)
  return kind === UNREADABLE || KINDS.has(kind)
}

const UNREADABLE = Symbol('no JSON')

/** @returns what the JSON of the file, or the first item of its list, calls itself */
function kindIn(file: string): unknown {
  try {
    const text = readRecordBytes(file).toString('utf8')
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const first: unknown = Array.isArray(json) ? json[0] : json
    return typeof first === 'object' && first !== null && 'kind' in first ? first.kind : undefined
  } catch {
    return UNREADABLE
  }
}
