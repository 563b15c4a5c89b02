/** Builds the simulated NVML once, where there is a compiler. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './temporary-folder.js'

/** A library that is built, or why it cannot be. */
export type BuiltLibrary = { readonly path: string } | { readonly reason: string }

const SOURCE = fileURLToPath(new URL('../fixtures/machine/nvml.c', import.meta.url))

/** @returns the library, or the reason for which tests that need it are skipped */
export function buildNvml(): BuiltLibrary {
  if (process.platform !== 'linux') return { reason: 'the simulated NVML is built on Linux only' }
  const path = join(temporaryFolder(), 'libnvidia-ml.so.1')
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', path, SOURCE, '-ldl'], { stdio: 'pipe' })
  } catch (error) {
    return { reason: `no C compiler for the simulated NVML (${error instanceof Error ? error.message : ''})` }
  }
  return { path }
}

/** Puts the library beside the boards of a machine. @returns its path there */
export function installNvml(library: { readonly path: string }, root: string): string {
  const path = join(root, 'nvml', 'libnvidia-ml.so.1')
  mkdirSync(join(root, 'nvml'), { recursive: true })
  copyFileSync(library.path, path)
  return path
}
