import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

test('detect tells of the host and of every domain, with how often it is updated', async () => {
  const { code, stdout } = await runCli(['detect', '--json', '-'], { folder: temporaryFolder() })
  const { host, profilers } = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(host).toMatchObject({ cpu: { model: expect.any(String) }, memoryBytes: expect.any(Number) })
  const estimate = profilers.find((profiler: { name: string }) => profiler.name === 'estimate')
  expect(estimate.domains[0]).toMatchObject({ name: 'cpu', part: 'package', updatePeriod: 0.01, isCounted: true })
})

test.skipIf(process.platform !== 'linux')('detect --fix-permissions prints a script and nothing else', async () => {
  const { code, stdout, stderr } = await runCli(['detect', '--fix-permissions'], { folder: temporaryFolder() })
  expect([code, stderr]).toEqual([0, ''])
  expect(() => execFileSync('sh', ['-n'], { input: stdout, stdio: 'pipe' })).not.toThrow()
  expect(stdout).toContain('/etc/udev/rules.d/')
})
