import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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
    const times = ['--max-duration', '1s', '--idle', '0', '--profiler', 'hwmon', '--sensor-root', root]
    const { stdout } = await runCli([EXAMPLE_MODEL, '--synthetic', ...times, '--json', '-', '--quiet'])
    const { energy, options } = JSON.parse(stdout)
    const seconds = energy.window.seconds * energy.window.count
    // Within 5 W: which sensor was read is the claim, not how well short windows on a busy machine are bounded.
    expect(energy.gross.joules / seconds).toBeCloseTo(30, -1)
    expect(options.sensorRoot).toBe(root)
  })
})

test.skipIf(process.platform !== 'linux')('detect --fix-permissions prints a script and nothing else', async () => {
  const { code, stdout, stderr } = await runCli(['detect', '--fix-permissions'], { folder: temporaryFolder() })
  expect([code, stderr]).toEqual([0, ''])
  expect(() => execFileSync('sh', ['-n'], { input: stdout, stdio: 'pipe' })).not.toThrow()
  expect(stdout).toContain('/etc/udev/rules.d/')
})
