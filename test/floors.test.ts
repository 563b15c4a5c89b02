/** A file imports from its own folder or a lower floor; this reads every import line and fails on one that climbs. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const FLOORS: Readonly<Record<string, number>> = {
  'src/core': 0,
  'src/network': 1,
  'src/graph': 1,
  'src/operators': 1,
  formats: 2,
  profilers: 2,
  'src/carbon': 2,
  'src/images': 2,
  'src/engines': 3,
  'src/training': 3,
  benchmarks: 4,
  'src/results': 5,
  'src/store': 5,
  'src/tracker': 6,
  'src/agent': 6,
  'src/server': 6,
  'src/fleet': 6,
  'src/cli': 7,
  'index.ts': 7,
}
/** On one floor, only these may look sideways. */
const SIDEWAYS = new Set(['src/operators -> src/graph', 'src/training -> src/engines'])

const placeOf = (path: string): string | undefined =>
  Object.keys(FLOORS).find((folder) => path === folder || path.startsWith(`${folder}/`))

const sources = ['index.ts', 'src', 'formats', 'profilers', 'benchmarks'].flatMap(filesBelow)

function filesBelow(path: string): string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(path, entry.name))
      : /\.[cm]?ts$/.test(entry.name)
        ? [join(path, entry.name)]
        : [],
  )
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8')
  const pattern = /(?:from|import\()\s*'(\.[^']+)'|import\s+'(\.[^']+)'/g
  return [...text.matchAll(pattern)].map((match) =>
    relative(root, resolve(root, dirname(path), (match[1] ?? match[2] ?? '').replace(/\.js$/, '.ts'))),
  )
}

/** @returns what is wrong with one import, or `undefined` */
function climb(from: string, to: string): string | undefined {
  const source = placeOf(from)
  const target = placeOf(to)
  if (source === undefined) return `${from} lies on no floor`
  if (target === undefined) return `${from} imports ${to}, which lies on no floor`
  if (source === target || SIDEWAYS.has(`${source} -> ${target}`)) return undefined
  const [own, other] = [FLOORS[source] ?? 0, FLOORS[target] ?? 0]
  return other < own ? undefined : `${from} (${own}) imports ${to} (${other})`
}

test('every source file lies on a floor', () => {
  expect(sources.length).toBeGreaterThan(10)
  expect(sources.filter((path) => placeOf(path) === undefined)).toEqual([])
})

test('no file imports from a floor that is not below its own', () => {
  const climbs = sources.flatMap((from) => importsOf(from).map((to) => climb(from, to)))
  expect(climbs.filter((message) => message !== undefined)).toEqual([])
})

test('an import that climbs is named with both floors', () => {
  expect(climb('profilers/rapl.ts', 'benchmarks/protocol.ts')).toBe(
    'profilers/rapl.ts (2) imports benchmarks/protocol.ts (4)',
  )
})
