/** Reads a file that names the outputs of a classifier, and finds class folders in it. */
import { readFile, stat } from 'node:fs/promises'
import { UsageError } from '../src/core/errors.js'
import { fileSystemError } from '../src/images/file-error.js'

/** Names of each output index; several where the file gives synonyms. */
export type Labels = readonly (readonly string[])[]

/** Larger files are no lists of names. */
const LARGEST_FILE = 16 * 2 ** 20
/** More outputs than any classifier has; ten times as many would take seconds to list. */
const MOST_LABELS = 1_000_000

/** @throws {UsageError} `E_NO_SUCH_PATH`, `E_PERMISSION`, `E_LABELS` */
export async function readLabels(path: string): Promise<Labels> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > LARGEST_FILE) throw new UsageError('E_LABELS', `${path} has ${size} bytes: it is no list of class names`)
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw cause instanceof UsageError ? cause : fileSystemError(path, cause)
  }
  const labels = parseLabels(text)
  if (labels?.flat().some((name) => name !== '')) return labels
  throw new UsageError('E_LABELS', `${path} does not list class names`, {
    hint: 'write one name a line in the order of the outputs, or JSON: ["cat", "dog"], {"0": "cat"} or {"cat": 0}',
  })
}

/**
 * One name a line, or JSON: an array, an object from index to name (or list of names), or from name to index.
 *
 * @returns `undefined` for JSON of another shape
 */
export function parseLabels(text: string): Labels | undefined {
  const content = text.replace(/^\uFEFF/, '').trimEnd()
  // Empty lines count, also the first: the number of a line is the index of its output.
  if (!/^\s*[[{]/.test(content)) return content.split(/\r?\n/).map(namesInLine)
  try {
    return labelsFromJson(JSON.parse(content))
  } catch {
    return undefined // broken JSON is no list of names; the caller says so with the path
  }
}

/**
 * @param classes - names of class folders
 * @returns output index of each class that the labels name exactly once
 */
export function indicesOf(classes: readonly string[], labels: Labels): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [index, names] of labels.entries()) {
    for (const name of new Set(names.map(plain))) places.set(name, places.has(name) ? AMBIGUOUS : index)
  }
  const found = classes.map((name) => [name, places.get(plain(name)) ?? AMBIGUOUS] as const)
  return new Map(found.filter(([, index]) => index !== AMBIGUOUS))
}

const AMBIGUOUS = -1

/** `Great_White Shark` and `great white-shark` are the same name. */
const plain = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()

/** A line may start with a WordNet id and list synonyms after commas, as the lists of ImageNet do. */
function namesInLine(line: string): readonly string[] {
  const whole = line.trim()
  const match = /^(n\d{8})[\s,:]+(.*)$/.exec(whole)
  const rest = match?.[2] ?? whole
  return [whole, ...(match?.[1] === undefined ? [] : [match[1], rest]), ...rest.split(',')].map((name) => name.trim())
}

function labelsFromJson(value: unknown): Labels | undefined {
  if (Array.isArray(value)) return value.map(namesOf)
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value).map(([key, item]) =>
    typeof item === 'number' ? ([item, [key]] as const) : ([Number(key), namesOf(item)] as const),
  )
  const labels: (readonly string[])[] = []
  for (const [index, names] of entries) {
    if (!Number.isInteger(index) || index < 0 || index >= MOST_LABELS) return undefined
    labels[index] = names
  }
  return Array.from(labels, (names) => names ?? [])
}

function namesOf(item: unknown): readonly string[] {
  if (typeof item === 'string') return namesInLine(item)
  return Array.isArray(item) ? item.filter((name) => typeof name === 'string') : []
}
