import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'

const carbon = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await runCli(['carbon', ...args, '--json', '-'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('greenbench carbon', () => {
  test.each([
    ['France', 'FR'],
    ['37.43,-122.17', 'US-CAL-CISO'],
    ['-33.87,151.2', 'AU-NSW'],
    ['Stanford, California', 'US-CAL-CISO'],
    ['aws:eu-west-3', 'FR'],
    ['JP-TK', 'JP-TK'],
  ])('looks %s up', async (place, zone) => {
    expect(await carbon('lookup', place)).toMatchObject({ zone, gramsPerKwh: expect.any(Number), year: 2025 })
  })

  test('takes a position on the southern half', async () => {
    expect(await carbon('current', '--lat', '-33.87', '--lon', '151.2')).toMatchObject({ zone: 'AU-NSW' })
  })

  test('ranks zones from both ends', async () => {
    const [top, bottom] = [await carbon('top', '5'), await carbon('bottom', '3')]
    expect([top.length, bottom.length]).toEqual([5, 3])
    const grams = [...bottom, ...top.toReversed()].map(({ gramsPerKwh }: { gramsPerKwh: number }) => gramsPerKwh)
    expect(grams).toEqual(grams.toSorted((one, other) => one - other))
  })

  test('lists the regions of a provider with zone and factor', async () => {
    const regions = await carbon('cloud', 'aws')
    expect(regions.length).toBeGreaterThan(30)
    expect(regions).toContainEqual(expect.objectContaining({ region: 'eu-north-1', zone: 'SE-SE3', pue: 1.135 }))
  })

  // 16 threads at half load of Cascade Lake: 16 x (0.69 + 0.5 x 3.373) = 38.024 W; 4 x 400 x (0.115 + 0.8 x 0.905) =
  // 1342.4 W; together 1380.424 W x 12 h = 16.565088 kWh.
  test('estimates a run before it runs', async () => {
    const args = [
      '--hours',
      '12',
      '--cpu',
      'Intel Xeon Platinum 8275CL',
      '--gpu',
      'A100',
      '--gpus',
      '4',
      '--country',
      'FR',
    ]
    const { kind, energy, carbon: emitted, factor } = await carbon('estimate', ...args)
    expect(kind).toBe('modelled')
    expect(energy.kilowattHours).toBeCloseTo(16.565088, 6)
    expect(emitted.grams).toBeCloseTo(16.565088 * factor.gramsPerKwh, 6)
    expect(energy.low).toBeLessThan(energy.kilowattHours)
    expect(energy.high).toBeGreaterThan(energy.kilowattHours)
  })

  test('estimates with the data centre, its water and a price', async () => {
    const args = ['--hours', '10', '--gpu-tdp', '100', '--gpu-utilisation', '100%', '--cloud', 'gcp:europe-west9']
    const { pue, cost, water } = await carbon('estimate', ...args, '--wue', '2', '--price', '0.5 EUR')
    // 102 W x 10 h = 1.02 kWh; x 1.1 x 0.5 = 0.561; x 2 L = 2.04 L.
    expect({ pue, cost, water }).toEqual({
      pue: 1.1,
      cost: { amount: expect.closeTo(0.561, 9), currency: 'EUR' },
      water: { litres: expect.closeTo(2.04, 9) },
    })
  })

  // 12 h at 90 and 12 h at 40 g/kWh; 100 W x 24 h = 2.4 kWh.
  test('estimates with the mean of an intensity by hour', async () => {
    const table = '{"8:00-20:00": 90, "20:00-8:00": 40}'
    const args = ['--hours', '24', '--gpu-tdp', '100', '--gpu-utilisation', '100%', '--carbon-intensity', table]
    // Without daylight saving time, which makes two days of the year uneven.
    const { stdout } = await runCli(['carbon', 'estimate', ...args, '--json', '-'], { environment: { TZ: 'UTC' } })
    const { factor, carbon: emitted } = JSON.parse(stdout)
    expect(factor.gramsPerKwh).toBeCloseTo(65, 6)
    expect(emitted.grams).toBeCloseTo(1.02 * 2.4 * 65, 6)
  })

  // Idle watts by thread tell the row: 0.474 is that of the second generation of EPYC.
  test.each([
    ['AMD EPYC 7402P', 16 * 0.474],
    ['Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz', 16 * 0.713],
    ['Intel(R) Xeon(R) 6980P', 16 * 0.582],
    ['Intel(R) Xeon(R) Platinum 8488C', 16 * 1.036],
  ])('knows the generation of %s', async (cpu, idleWatts) => {
    const args = ['--hours', '1', '--cpu-utilisation', '0%', '--country', 'FR']
    const one = await carbon('estimate', '--cpu', cpu, ...args)
    expect(one.parts[0].watts).toBeCloseTo(idleWatts, 6)
    const two = await carbon('estimate', '--cpu', cpu, '--cpus', '2', ...args)
    expect(two.parts[0].watts).toBeCloseTo(2 * idleWatts, 6)
  })

  test('without a command says that one is needed', async () => {
    expect(await runCli(['carbon'])).toMatchObject({ code: 2, stderr: expect.stringContaining('carbon --help') })
  })

  test('takes no live intensity beside one that is given', async () => {
    const args = ['carbon', 'estimate', '--hours', '1', '--cpu-tdp', '5', '--carbon-intensity', '56', '--live']
    expect(await runCli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out') })
  })

  test('tells a table to people', async () => {
    const { stdout } = await runCli(['carbon', 'lookup', 'Paris, France'])
    expect(stdout).toMatch(/carbon intensity +\d+.* g\/kWh/)
    expect(stdout).toContain('Electricity Maps')
  })

  test.each([
    [['lookup', 'Nowhere at all'], 'no place is known'],
    [['top', '0'], 'no number from 1 to 1000'],
    [['cloud', 'ibm'], 'no cloud provider "ibm"'],
    [['estimate'], 'how long'],
    [['estimate', '--hours', '1'], 'no part of a machine'],
    [['estimate', '--hours', '1', '--gpu', 'Voodoo 2'], 'no power limit is known'],
    [['what-if', 'x.json'], 'which places'],
    [['current', '--lat', '91', '--lon', '0'], '--lat: expected degrees'],
    [['current', '--country', 'DE', '--cloud', 'aws:eu-west-3'], 'lies in France, not in Germany'],
    [['tpo'], "unknown command 'tpo'"],
  ])('%s is refused in one line', async (args, reason) => {
    const { code, stdout, stderr } = await runCli(['carbon', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^greenbench: .*\n( {2}hint: .*\n)?$/)
    expect(stderr).toContain(reason)
  })
})

describe('greenbench carbon what-if', () => {
  test('tells the CO2 of a run in other places, the cleanest first', async () => {
    const folder = temporaryFolder()
    const args = [
      '--synthetic',
      '--max-duration',
      '0.2s',
      '--idle',
      '0.1s',
      '--country',
      'DE',
      '--profiler',
      'estimate',
    ]
    await runCli([EXAMPLE_MODEL, ...args, '--json', 'result.json', '--quiet'], { folder })
    const record = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
    const [{ rows }] = await carbon('what-if', join(folder, 'result.json'), '--countries', 'PL,FR,DE')
    expect(rows.map(({ zone }: { zone: string }) => zone)).toEqual(['FR', 'DE', 'PL'])
    const own = rows.find(({ isRecord }: { isRecord: boolean }) => isRecord)
    expect(own.total).toEqual(record.carbon.total)
    const { stdout } = await runCli(['carbon', 'what-if', 'result.json', '--countries', 'FR,France,FRA'], { folder })
    expect(stdout).toContain('Germany (as recorded)')
    expect(stdout.match(/France/g)).toHaveLength(1)
  })
})

describe('--live', () => {
  test('asks the service with the key of the environment, which nothing shows', async () => {
    const asked: unknown[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers['auth-token'])
      response.end(JSON.stringify({ carbonIntensity: 55, datetime: new Date().toISOString() }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const folder = temporaryFolder()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const environment = { GREENBENCH_ELECTRICITY_MAPS_KEY: 'secret-4711', XDG_CACHE_HOME: folder }
    const args = ['carbon', 'current', '--country', 'FR', '--live', '--live-url', url, '--json', '-']
    const { stdout, stderr } = await runCli(args, { environment })
    expect(JSON.parse(stdout)).toMatchObject({ gramsPerKwh: 55, source: 'Electricity Maps' })
    expect(asked).toEqual(['secret-4711'])
    expect(stdout + stderr).not.toContain('secret-4711')
  })

  test('takes no key from the command line, which others can read', async () => {
    const { code, stderr } = await runCli(['carbon', 'current', '--electricity-maps-key', 'secret-4711'])
    expect(code).toBe(2)
    expect(stderr).not.toContain('secret-4711')
  })

  test('takes keys from a config file, and another server only from one that was named', async () => {
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, 'greenbench.config.yaml'),
      'electricity-maps-key: secret-4711\nlive-url: http://a.example\n',
    )
    const args = ['carbon', 'current', '--country', 'FR', '--live']
    const named = await runCli([...args, '--config', 'greenbench.config.yaml'], { folder })
    expect(named.stdout).toContain('a.example is not asked over http://')
    const found = await runCli(args, { folder })
    expect(found).toMatchObject({ code: 2, stderr: expect.stringContaining('live-url is not taken from a file') })
    expect(JSON.stringify([named, found])).not.toContain('secret-4711')
  })

  test('is not taken from a config file that was found, so that no folder of others makes a key leave', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'greenbench.config.yaml'), 'live: true\n')
    const environment = { GREENBENCH_ELECTRICITY_MAPS_KEY: 'secret-4711', GREENBENCH_LIVE_URL: 'http://a.example' }
    const { code, stderr } = await runCli(['carbon', 'current', '--country', 'FR'], { folder, environment })
    expect(code).toBe(2)
    expect(stderr).toContain('live is not taken from a file that was found by search')
  })
})
