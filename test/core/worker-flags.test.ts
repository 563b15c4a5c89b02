import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { workerFlags } from '../../src/core/worker-flags.js'

describe('workerFlags', () => {
  test.each([
    ['nothing', []],
    ['options of V8', ['--max-old-space-size=4000', '--expose-gc']],
    ['options of Node', ['--no-warnings', '--import', 'tsx']],
  ])('%s: leaves them to Node', (_what, given) => {
    expect(workerFlags(given)).toBeUndefined()
  })

  test('of code on the command line, only what loads modules', () => {
    const given = ['--input-type=module', '--expose-gc', '--import', './hooks.mjs', '--conditions=dev', '-e', 'code']
    expect(workerFlags(given)).toEqual(['--import', './hooks.mjs', '--conditions=dev'])
  })

  const program = `
    import { Worker } from 'node:worker_threads'
    import { workerFlags } from ${JSON.stringify(new URL('../../dist/src/core/worker-flags.js', import.meta.url).href)}
    new Worker(new URL('data:text/javascript,'), { execArgv: workerFlags() }).on('exit', (code) => console.log('ended', code))`
  const run = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' })

  test('a thread starts under a Node with options of V8', () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenbench-flags-'))
    try {
      writeFileSync(join(folder, 'program.mjs'), program)
      expect(run('--max-old-space-size=512', join(folder, 'program.mjs'))).toBe('ended 0\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a thread starts from code on the command line', () => {
    expect(run('--input-type=module', '--max-old-space-size=512', '-e', program)).toBe('ended 0\n')
  })
})
