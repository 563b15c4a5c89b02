import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTrace } from '../../benchmarks/read-trace.js'
import { EXAMPLE_MODEL, runCli } from '../helpers/run-cli.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

test('detect tells of the host and of every domain, with how often it is updated', async () => {
  const { code, stdout } = await runCli(['detect', '--json', '-'], { folder: temporaryFolder() })
  const { host, profilers } = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(host).toMatchObject({ cpu: { model: expect.any(String) }, memoryBytes: expect.any(Number) })
  const estimate = profilers.find((profiler: { name: string }) => profiler.name === 'estimate')
  expect(estimate.domains[0]).toMatchObject({ name: 'cpu', part: 'package', updatePeriod: 0.01, isCounted: true })
})

describe.skipIf(process.platform !== 'linux')('sensors below another root', () => {
  const root = temporaryFolder()
  const chip = join(root, 'sys/class/hwmon/hwmon0')
  mkdirSync(chip, { recursive: true })
  for (const [file, text] of [
    ['name', 'power_meter'],
    ['power1_average', '30000000'],
  ] as const)
    writeFileSync(join(chip, file), `${text}\n`)

  test('are found', async () => {
    const { stdout } = await runCli(['detect', '--json', '-', '--sensor-root', root], { folder: temporaryFolder() })
    const { profilers } = JSON.parse(stdout)
    expect(profilers.find(({ name }: { name: string }) => name === 'hwmon')).toMatchObject({ isUsable: true })
  })

  test('measure a run', async () => {
    const folder = temporaryFolder()
    const times = ['--max-duration', '300ms', '--idle', '0', '--profiler', 'hwmon', '--sensor-root', root]
    const output = ['--json', '-', '--quiet', '--trace', 'run.jsonl']
    const { stdout } = await runCli([EXAMPLE_MODEL, '--synthetic', ...times, ...output], { folder })
    expect(JSON.parse(stdout).options.sensorRoot).toBe(root)
    const { events } = await readTrace(join(folder, 'run.jsonl'))
    // What the sensor shows at the ends of windows: their joules are absent where a busy machine was late with a reading.
    const watts = events.flatMap((event) =>
      event.type === 'end' ? event.readings.flatMap(({ values }) => values) : [],
    )
    expect(new Set(watts)).toEqual(new Set([30]))
  })
})

test.skipIf(process.platform !== 'linux')('detect --fix-permissions prints a script and nothing else', async () => {
  const { code, stdout, stderr } = await runCli(['detect', '--fix-permissions'], { folder: temporaryFolder() })
  expect([code, stderr]).toEqual([0, ''])
  expect(() => execFileSync('sh', ['-n'], { input: stdout, stdio: 'pipe' })).not.toThrow()
  expect(stdout).toContain('/etc/udev/rules.d/')
})
