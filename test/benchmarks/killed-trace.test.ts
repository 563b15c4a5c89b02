import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readTrace } from '../../benchmarks/read-trace.js'
import { replayTrace } from '../../benchmarks/replay.js'
import { traceEnergy } from '../../benchmarks/trace-energy.js'
import { seededRandom } from '../../src/core/random.js'
import { EXAMPLE_IMAGES, EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'

const SCRIPT = fileURLToPath(new URL('../fixtures/endless-windows.mjs', import.meta.url))
const KILLS = Number(process.env.GREENBENCH_TEST_KILLS ?? 8)

/** @returns the trace of a process that was killed so long after its first window, and the readings that it had made */
async function killedAfter(milliseconds: number): Promise<{ readonly path: string; readonly made: number }> {
  const folder = temporaryFolder()
  const [path, count] = [join(folder, 'run.jsonl'), join(folder, 'count')]
  const child = spawn(process.execPath, [SCRIPT, path, count], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await sleep(milliseconds)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { path, made: Number(readFileSync(count, 'utf8')) }
}

describe('a process that is killed', () => {
  const random = seededRandom(20)
  const moments = Array.from({ length: KILLS }, () => [Math.round(random() * 60_000) / 1000] as const)

  test.each(moments)('%d ms after it began leaves a trace that lacks at most its last reading', async (moment) => {
    const { path, made } = await killedAfter(moment)
    const { events } = await readTrace(path)
    const written = events.flatMap((event) => (event.type === 'reading' ? [event.values[0] ?? 0] : []))
    const [first = 0] = written
    expect(written).toEqual(written.map((_, index) => first + index))
    expect([0, 1]).toContain(made - (written.at(-1) ?? 0))
    const ended = events.filter(({ type }) => type === 'end').length
    expect(traceEnergy(events).size).toBe(ended)
  })
})

test('the trace of a killed run gives the record of what had been measured', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'run.jsonl')
  const windowsIn = (text: string) => text.split('"type":"window"').length - 1
  const args = [
    EXAMPLE_MODEL,
    '--images',
    EXAMPLE_IMAGES,
    '--limit',
    '8',
    '--max-duration',
    '600s',
    '--target-ci',
    '0.01%',
  ]
  const quick = ['--min-duration', '100ms', '--idle', '100ms', '--warmup', '0s']
  await runCli([...args, ...quick, '--trace', path], {
    onStart: async (child) => {
      for (let isRunning = true; isRunning; await sleep(20)) {
        isRunning = windowsIn(textIfThere(path)) < 5 && child.exitCode === null
      }
      child.kill('SIGKILL')
    },
  })
  const [record] = await replayTrace(path)
  expect(record).toMatchObject({ complete: false, energy: { kind: 'modelled' }, replay: { changed: [] } })
  expect(record?.samples.windows.length).toBeGreaterThanOrEqual(5)
  expect(record?.warnings).toContainEqual(expect.objectContaining({ code: 'W_TRACE_CUT' }))
  expect(record?.latency?.count).toBe(record?.samples.windows.reduce((sum, { inferences }) => sum + inferences, 0))
})

function textIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not begun yet.
    return ''
  }
}
