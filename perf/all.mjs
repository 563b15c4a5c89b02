/**
 * Runs every benchmark of this folder, one after the other; each prints its own table and says what it aims at.
 *
 *   npm run perf
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PROGRAMS = [
  'inspect.mjs',
  'load.mjs',
  'leaderboard.mjs',
  'images.mjs',
  'loop.mjs',
  'own-cost.mjs',
  'sampler.mjs',
  'engines.mjs',
  'training-build.mjs',
  'training.mjs',
]

for (const program of PROGRAMS) {
  const path = fileURLToPath(new URL(program, import.meta.url))
  if (!existsSync(path)) continue
  console.log(`\n== ${program}\n`)
  const { status } = spawnSync(process.execPath, [path], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
