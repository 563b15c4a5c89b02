/** A process as a text that others can judge: whether it may still run. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who wrote a mark. */
export interface ProcessMark {
  /** Of the very mark. */
  readonly token: string
  /** Where the number of the process counts: machine, start of its system, and container. */
  readonly place: string
  readonly pid: number
  /** When the process started, in ticks of its system; absent where the system does not tell. */
  readonly startedAt?: string
}

/** @returns the mark of this process */
export function ownMark(token: string): ProcessMark {
  const startedAt = startOf(process.pid)
  return { token, place: placeOfProcesses(), pid: process.pid, ...(startedAt === undefined ? {} : { startedAt }) }
}

/** @returns `undefined` for what no process of this program wrote, or has not written to its end */
export function parsedMark(text: string): ProcessMark | undefined {
  try {
    const { token, place, pid, startedAt }: Record<string, unknown> = JSON.parse(text)
    if (typeof token !== 'string' || !TOKEN.test(token) || typeof place !== 'string') return undefined
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined
    return { token, place, pid, ...(typeof startedAt === 'string' ? { startedAt } : {}) }
  } catch {
    return undefined
  }
}

/** A token becomes part of the name of a file. */
const TOKEN = /^[0-9a-f-]{36}$/

/** @returns true only where nobody but that process can have been meant: one of another machine may always run */
export function isDead({ place, pid, startedAt }: ProcessMark): boolean {
  if (place !== placeOfProcesses()) return false
  if (!isRunning(pid)) return true
  const now = startOf(pid)
  return startedAt !== undefined && now !== undefined && now !== startedAt
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return !(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')
  }
}

/** Linux tells what sets containers and restarts apart; elsewhere the name of the machine has to do. */
function placeOfProcesses(): string {
  const facts = [
    () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    () => readlinkSync('/proc/self/ns/pid'),
  ]
  return [hostname(), ...facts.map((fact) => tryTo(fact) ?? '')].join(' ')
}

/** The 22nd field of `stat`, the 20th after the name in brackets, which may hold anything. */
function startOf(pid: number): string | undefined {
  const stat = tryTo(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

function tryTo<Result>(action: () => Result): Result | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
