/** Tools that are processes: none of them outlives what it was started for. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { startTool } from '../../profilers/tool-thread.js'
import { seededRandom } from '../../src/core/random.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

test('a process that ends at once takes its tool with it', async () => {
  const file = join(temporaryFolder(), 'pid')
  const tool = fileURLToPath(new URL('../fixtures/machine/perf.mjs', import.meta.url))
  const spec = {
    command: process.execPath,
    arguments: [
      '-e',
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); process.argv.push('-x', ';', '-I', '20', '-e', 'power/energy-pkg/'); import(${JSON.stringify(tool)})`,
    ],
    output: 'stderr',
    parser: { module: new URL('../../dist/profilers/perf-lines.js', import.meta.url).href, factory: 'makePerfParser' },
  }
  const thread = new URL('../../dist/profilers/tool-thread.js', import.meta.url).href
  const program = `const { startTool } = await import('${thread}'); await startTool(${JSON.stringify(spec)}); process.exit(0)`
  execFileSync(process.execPath, ['--input-type=module', '-e', program])
  await endOf(Number(readFileSync(file, 'utf8')))
})

const isLinux = process.platform === 'linux'

test.skipIf(!isLinux)(
  'a process that ends at whatever moment leaves no tool behind (found by /proc)',
  async () => {
    const random = seededRandom(7)
    const marker = join(temporaryFolder(), 'marker')
    // One that says nothing, so that no broken pipe ends it.
    const spec = {
      command: process.execPath,
      arguments: ['-e', 'setTimeout(() => {}, 300_000)', marker],
      output: 'stderr',
      parser: {
        module: new URL('../../dist/profilers/perf-lines.js', import.meta.url).href,
        factory: 'makePerfParser',
      },
    }
    const thread = new URL('../../dist/profilers/tool-thread.js', import.meta.url).href
    for (let round = 0; round < 10; round++) {
      const program = `const { startTool } = await import('${thread}'); void startTool(${JSON.stringify(spec)}); setTimeout(() => process.exit(0), ${random() * 200})`
      execFileSync(process.execPath, ['--input-type=module', '-e', program])
      for (const pid of processesWith(marker)) await endOf(pid)
    }
  },
  120_000,
)

function processesWith(word: string): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return numbers.filter((pid) => commandOf(pid).includes(word)).map(Number)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It has ended since the list was made.
    return ''
  }
}

/** One that has ended and is not waited for is there, but does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    return !/\) Z [^)]*$/.test(stat)
  } catch {
    return false
  }
}

async function endOf(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((done) => setTimeout(done, 10))
}

test.each([
  ['a tool that does not end when asked to', '../../dist/profilers/perf-lines.js', 'makePerfParser'],
  ['the tool of a thread that hangs', '../fixtures/plugins/stuck-parser.mjs', 'makeStuckParser'],
])('%s is ended, and its last numbers are not those of later', async (_what, module, factory) => {
  const file = join(temporaryFolder(), 'pid')
  const fixture = fileURLToPath(new URL('../fixtures/machine/perf.mjs', import.meta.url))
  const program = [
    "process.on('SIGTERM', () => {}); process.stderr.on('error', () => {})",
    `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid))`,
    "process.argv.push('-x', ';', '-I', '20', '-e', 'power/energy-pkg/')",
    `import(${JSON.stringify(fixture)})`,
  ]
  const tool = await startTool({
    command: process.execPath,
    arguments: ['-e', program.join(';')],
    output: 'stderr',
    parser: { module: new URL(module, import.meta.url).href, factory },
  })
  if ('problem' in tool) throw new Error(tool.problem)
  await tool.stop()
  await endOf(Number(readFileSync(file, 'utf8')))
  expect(tool.state.read(1, monotonicClock(), 60)).toEqual([undefined])
})
