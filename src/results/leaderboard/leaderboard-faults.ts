/** What is wrong with a leaderboard file: against the schema, and against what its own runs give. */
import type { ErrorObject } from 'ajv'
import { buildLeaderboard } from './build-leaderboard.js'
import type { Leaderboard } from './leaderboard.js'
import { leaderboard as fitsSchema } from './leaderboard-validator.js'
import { LEADERBOARD_VERSION } from './leaderboard-version.js'

/** One fault. */
export interface Fault {
  /** Of JSON Path, e.g. `$.groups[0].entries[3].rank`. */
  readonly path: string
  readonly problem: string
}

/** More are not listed. */
const MOST_FAULTS = 100
/** Deepest nesting of a leaderboard: a record of 32 levels, three levels down. */
const MOST_DEPTH = 40

/** Figures further apart than this differ; nearer ones may come from another version of the JavaScript engine. */
const SAME_WITHIN = 1e-9

/**
 * A leaderboard holds what it was made from: ranks, grades and all other figures of its groups must follow from its runs.
 *
 * @param leaderboard - of the right shape
 * @returns faults in the order of the file
 */
export function figureFaults(leaderboard: Leaderboard): readonly Fault[] {
  const { title, date } = leaderboard.edition
  const built = buildLeaderboard(leaderboard, { title, date })
  const differences: Fault[] = []
  addDifferences('$.edition', leaderboard.edition, built.edition, differences)
  if (differences.some(({ path }) => path.startsWith('$.edition.rules'))) {
    const problem = `are those of another greenbench: build the leaderboard again, or add to it, to have it by those of this one`
    return [{ path: '$.edition.rules', problem }]
  }
  addDifferences('$', { ...leaderboard, edition: {} }, { ...built, edition: {} }, differences)
  return differences
}

/**
 * @param json - anything
 * @returns what does not fit the schema, in no certain order; where there is nothing, it is a `Leaderboard`
 */
export function shapeFaults(json: unknown): readonly Fault[] {
  const version = typeof json === 'object' && json !== null && 'leaderboardVersion' in json && json.leaderboardVersion
  if (typeof version === 'number' && version !== LEADERBOARD_VERSION) {
    return [{ path: '$.leaderboardVersion', problem: otherVersion(version) }]
  }
  if (isTooDeep(json)) return [{ path: '$', problem: `nests deeper than ${MOST_DEPTH} levels` }]
  if (fitsSchema(json)) return []
  return (fitsSchema.errors ?? []).slice(0, MOST_FAULTS).map(faultOf)
}

const otherVersion = (version: number): string =>
  `is ${version}, only ${LEADERBOARD_VERSION} can be read${version > LEADERBOARD_VERSION ? ': update greenbench' : ''}`

function isTooDeep(json: unknown): boolean {
  let level: readonly object[] = objectsOf([json])
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEPTH) return true
    // Leaves, which are most of a leaderboard, are in no list.
    const below: object[] = []
    for (const value of level) for (const inner of objectsOf(Object.values(value))) below.push(inner)
    level = below
  }
  return false
}

const objectsOf = (values: readonly unknown[]): readonly object[] =>
  values.filter((value) => typeof value === 'object' && value !== null)

function faultOf({ instancePath, keyword, params, message = 'is wrong' }: ErrorObject): Fault {
  const parts = instancePath.split('/').slice(1)
  const path = parts.map((part) => step(part.replaceAll('~1', '/').replaceAll('~0', '~'))).join('')
  const named = keyword === 'additionalProperties' ? `: ${JSON.stringify(params.additionalProperty)}` : ''
  const wanted = keyword === 'const' ? `: ${JSON.stringify(params.allowedValue)}` : ''
  return { path: `$${path}`, problem: `${message}${named}${wanted}` }
}

const step = (name: string): string =>
  /^\d+$/.test(name) ? `[${name}]` : /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`

/** Adds where `given` is not `expected`, up to the limit; the order of fields does not count. */
function addDifferences(path: string, given: unknown, expected: unknown, faults: Fault[]): void {
  if (faults.length >= MOST_FAULTS || isSame(given, expected)) return
  if (!isTree(given) || !isTree(expected) || Array.isArray(given) !== Array.isArray(expected)) {
    faults.push({ path, problem: `is ${shown(given)}, the runs give ${shown(expected)}` })
    return
  }
  if (Array.isArray(given) && Array.isArray(expected) && given.length !== expected.length) {
    faults.push({ path, problem: `has ${given.length} items, the runs give ${expected.length}` })
    return
  }
  for (const name of new Set([...Object.keys(given), ...Object.keys(expected)])) {
    addDifferences(`${path}${step(name)}`, valueAt(given, name), valueAt(expected, name), faults)
  }
}

function isSame(given: unknown, expected: unknown): boolean {
  if (typeof given !== 'number' || typeof expected !== 'number') return given === expected
  return Math.abs(given - expected) <= SAME_WITHIN * Math.max(Math.abs(given), Math.abs(expected))
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null

const valueAt = (tree: object, name: string): unknown =>
  Object.hasOwn(tree, name) ? (tree as Record<string, unknown>)[name] : undefined

function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
