/** The thread that runs a tool: starts it, parses what it prints and keeps the sums in shared memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from './checked-reading.js'
import { monotonicClock } from './clock.js'
import { ToolFollower, type ToolParser } from './tool-follower.js'
import { ToolLease } from './tool-lease.js'
import { ToolState } from './tool-state.js'

/** A tool to run. */
export interface ToolSpec {
  readonly command: string
  readonly arguments: readonly string[]
  /** Where it prints: a stream, or a file that it appends to, in a folder that goes when the tool does. */
  readonly output: 'stdout' | 'stderr' | { readonly file: string }
  /** URL of a module, and its export that makes the parser. */
  readonly parser: { readonly module: string; readonly factory: string }
}

/** What the thread is started with. */
export interface ToolJob {
  readonly spec: ToolSpec
  readonly shared: SharedArrayBuffer
  readonly lease: SharedArrayBuffer
}

/** What it answers, once: the domains seen in the first samples, or why there are none. */
export type ToolAnswer = { readonly names: readonly string[] } | { readonly problem: string }

/** Milliseconds that a tool is given to end when it is asked to. */
const PATIENCE = 300
/** Milliseconds between two looks at a file. */
const LOOK_AGAIN = 20

async function main({ spec, shared, lease: sharedLease }: ToolJob): Promise<void> {
  const state = new ToolState(shared)
  const parser = await parserOf(spec)
  const lease = new ToolLease(sharedLease)
  const child = lease.start(() => startTool(spec))
  if (child === undefined) return parentPort?.close()
  child.once('exit', () => lease.release())
  const answer = (value: ToolAnswer): void => parentPort?.postMessage(value)
  const follower = new ToolFollower(parser, state, monotonicClock, (names) => answer({ names }))
  let complaints = ''
  const end = (reason: string): void => {
    state.end()
    tidy(spec)
    answer({ problem: [`${spec.command} ${reason}`, ...firstLine(complaints)].join(': ') })
    parentPort?.close()
  }
  follow(child, spec, (text) => follower.push(text))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: string) => {
      complaints = (complaints + text).slice(0, 2000)
    })
  }
  child.once('error', (error) => end(`cannot be started (${messageOf(error)})`))
  child.once('exit', (code, signal) => end(`ended with ${signal ?? code}`))
  parentPort?.once('message', () => {
    child.removeAllListeners('exit').once('exit', () => lease.release())
    const leave = (): void => {
      tidy(spec)
      process.exit()
    }
    child.once('exit', leave)
    if (!child.kill()) leave()
    setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  })
}

async function parserOf({ parser: { module, factory } }: ToolSpec): Promise<ToolParser> {
  const exports: Record<string, () => ToolParser> = await import(module)
  const make = exports[factory]
  if (make === undefined) throw new Error(`${module} has no function ${factory}`)
  return make()
}

/** Decimal points and English words, whatever the user's language is. */
function startTool(spec: ToolSpec): ChildProcess {
  const child = spawn(spec.command, spec.arguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', LANG: 'C' },
    windowsHide: true,
  })
  child.stdout?.setEncoding('utf8')
  child.stderr?.setEncoding('utf8')
  return child
}

function follow(child: ChildProcess, { output }: ToolSpec, take: (text: string) => void): void {
  if (typeof output === 'string') {
    child[output]?.on('data', take)
    return
  }
  let position = 0
  const timer = setInterval(() => {
    position = readOn(output.file, position, take)
  }, LOOK_AGAIN)
  child.once('exit', () => clearInterval(timer))
}

/** @returns the position up to which the file has been read */
function readOn(path: string, position: number, take: (text: string) => void): number {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // The tool has not made its file yet.
    return position
  }
  try {
    const buffer = Buffer.alloc(1 << 16)
    const length = readSync(file, buffer, 0, buffer.length, position)
    if (length > 0) take(buffer.toString('latin1', 0, length))
    return position + length
  } finally {
    closeSync(file)
  }
}

function tidy({ output }: ToolSpec): void {
  if (typeof output === 'object') rmSync(dirname(output.file), { recursive: true, force: true })
}

/** @returns the first line that says something, if any */
function firstLine(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const telling = lines.find((line) => line.length > 12) ?? lines.find((line) => line !== '')
  return telling === undefined ? [] : [telling.slice(0, 200)]
}

// Started with a job by `startTool` of tool-thread, its only caller.
await main(workerData as ToolJob)
