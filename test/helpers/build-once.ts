/** Builds `dist/` once before the tests, since workers and the command line run from there. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default function buildOnce(): void {
  if (process.env.GREENBENCH_TEST_SKIP_BUILD === '1') return
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const run = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
  run('scripts/precompile-validators.mjs')
  run('scripts/bundle-start.mjs')
  run('scripts/bundle-threads.mjs')
  run('scripts/bundle-pages.mjs')
}
