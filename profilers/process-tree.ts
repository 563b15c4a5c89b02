/** What a process and all its descendants used: CPU time and memory, from `/proc`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Seconds per tick in `/proc`: USER_HZ is 100 on every Linux. */
const TICK = 0.01
/** A machine with more processes has those with the highest numbers left out; so has a tree. */
const MOST_PROCESSES = 100_000

/** Use of a process tree. */
export interface ProcessTree {
  /** Processes alive. */
  readonly processes: number
  /** Of all that are alive and of the children that have ended and were waited for. */
  readonly cpuSeconds: number
  /** Proportional set size: shared pages count by their share; `undefined` where one of them does not tell. */
  readonly pssBytes: number | undefined
}

/**
 * Takes a few milliseconds on a machine with hundreds of processes, so that it is called outside of what is measured.
 *
 * @param pid - the tree's root
 * @param root - folder that stands for `/`
 * @returns `undefined` where there is no `/proc`, or no such process
 * @see https://docs.kernel.org/filesystems/proc.html sections 1.1 and 3.5
 */
export function readProcessTree(pid: number, root = '/'): ProcessTree | undefined {
  const processes = new Map(numbersIn(join(root, 'proc')).flatMap((id) => processAt(id, root)))
  const tree = descendants(pid, processes)
  if (tree.length === 0) return undefined
  const pss = tree.map((id) => pssOf(id, root))
  return {
    processes: tree.length,
    cpuSeconds: tree.reduce((sum, id) => sum + (processes.get(id)?.ticks ?? 0), 0) * TICK,
    pssBytes: pss.reduce<number | undefined>(
      (sum, bytes) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
      0,
    ),
  }
}

interface ProcessStat {
  readonly parent: number
  /** User and system time, its own and that of children waited for. */
  readonly ticks: number
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{1,9}$/.test(name))
      .slice(0, MOST_PROCESSES)
      .map(Number)
  } catch {
    // Not Linux: no process is known.
    return []
  }
}

/** The name of a program stands in parentheses and may itself hold some. */
function processAt(id: number, root: string): readonly (readonly [number, ProcessStat])[] {
  const text = textAt(join(root, `proc/${id}/stat`))
  const fields =
    text
      ?.slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number) ?? []
  const [parent, times] = [fields[1], fields.slice(11, 15)]
  if (parent === undefined || times.length < 4 || !times.every(Number.isFinite)) return []
  return [[id, { parent, ticks: times.reduce((sum, ticks) => sum + ticks, 0) }]]
}

function descendants(pid: number, processes: ReadonlyMap<number, ProcessStat>): readonly number[] {
  const children = new Map<number, number[]>()
  for (const [id, { parent }] of processes) children.set(parent, [...(children.get(parent) ?? []), id])
  const found = new Set<number>(processes.has(pid) ? [pid] : [])
  for (const id of found) for (const child of children.get(id) ?? []) found.add(child)
  return [...found]
}

function pssOf(id: number, root: string): number | undefined {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(textAt(join(root, `proc/${id}/smaps_rollup`)) ?? '')?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Processes end at any moment, and others do not show everything.
    return undefined
  }
}
