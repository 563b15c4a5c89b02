/** Runs the built command line as a user would: a process of its own, no terminal, an empty folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The script of the command line. */
export const BIN = fileURLToPath(new URL('../../bin/greenbench.js', import.meta.url))

/** Folder of the checkout. */
export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

/** The small model that comes with greenbench. */
export const EXAMPLE_MODEL = join(CHECKOUT, 'examples', 'shapes.onnx')

/** The images that come with greenbench. */
export const EXAMPLE_IMAGES = join(CHECKOUT, 'examples', 'images')

/** How a run of the command line ended. */
export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Options of node itself, before the script. */
  readonly nodeOptions?: readonly string[]
  /** Told of the process as soon as it runs, e.g. to send it a signal. */
  readonly onStart?: (child: ChildProcess) => void
}

/** @returns a folder that is removed after the test */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenbench-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs `greenbench` with these arguments until it ends. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), BIN, ...args], {
    cwd: options.folder ?? tmpdir(),
    env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.onStart?.(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...output }))
  })
}
