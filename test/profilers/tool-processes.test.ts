/** Tools that are processes: none of them outlives what it was started for. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { startTool } from '../../profilers/tool-thread.js'
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
