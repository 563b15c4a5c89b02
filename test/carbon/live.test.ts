import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { carbonFactor } from '../../src/carbon/carbon-factor.js'
import { fetchJson } from '../../src/carbon/live/fetch-json.js'
import { cacheFolder } from '../../src/carbon/live/live-cache.js'
import { liveFactor } from '../../src/carbon/live/live-factor.js'
import { liveIntensity } from '../../src/carbon/live/live-intensity.js'
import type { Network } from '../../src/network/bounded-answer.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const KEY = 'secret-key-4711'
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A server on loopback; @returns its base URL and the requests it met. */
async function serve(
  answer: RequestListener,
): Promise<{ readonly baseUrl: string; readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

/** Waits are counted, not slept through. */
function countingNetwork(): Network & { readonly waits: number[] } {
  const waits: number[] = []
  return { fetch, wait: async (milliseconds) => void waits.push(milliseconds), waits }
}

const maps = (baseUrl: string) => ({ electricityMapsKey: KEY, baseUrl })
const france = { zone: 'FR' }
const now = () => new Date().toISOString()
const goodAnswer: RequestListener = (_request, response) => {
  response.end(JSON.stringify({ zone: 'FR', carbonIntensity: 42, datetime: now(), emissionFactorType: 'lifecycle' }))
}

describe('Electricity Maps', () => {
  test('is asked for the zone with the key in a header', async () => {
    const { baseUrl, requests } = await serve(goodAnswer)
    const reading = await liveIntensity(france, { access: maps(baseUrl), cache: null })
    expect(reading).toMatchObject({
      gramsPerKwh: 42,
      source: 'Electricity Maps',
      basis: 'average, lifecycle, consumption',
    })
    expect(requests[0]?.url).toBe('/v3/carbon-intensity/latest?zone=FR')
    expect(requests[0]?.headers['auth-token']).toBe(KEY)
  })

  test('is asked by position where no zone is known', async () => {
    const { baseUrl, requests } = await serve(goodAnswer)
    const position = { latitude: 48.85, longitude: 2.35 }
    await liveIntensity({ zone: 'WORLD', position }, { access: maps(baseUrl), cache: null })
    expect(requests[0]?.url).toBe('/v3/carbon-intensity/latest?lat=48.85&lon=2.35')
  })
})

test('the British service needs no key and tells a forecast as such', async () => {
  const { baseUrl } = await serve((_request, response) => {
    response.end(JSON.stringify({ data: [{ from: now(), to: now(), intensity: { forecast: 120, actual: null } }] }))
  })
  const reading = await liveIntensity({ zone: 'GB' }, { access: { baseUrl }, cache: null })
  expect(reading).toMatchObject({ gramsPerKwh: 120, basis: 'average, direct, consumption, forecast' })
})

// 1,000 lb/MWh = 453,592.37 g/MWh = 453.59237 g/kWh.
test('WattTime is logged in to and asked for the region of the position', async () => {
  const { baseUrl, requests } = await serve((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    const answers: Readonly<Record<string, unknown>> = {
      '/login': { token: 'abc.def' },
      '/v3/region-from-loc': { region: 'CAISO_NORTH' },
      '/v3/forecast': { data: [{ point_time: now(), value: 1000 }] },
    }
    response.end(JSON.stringify(answers[path]))
  })
  const access = { watttimeUser: 'me', watttimePassword: KEY, baseUrl }
  const place = { zone: 'US-CAL-CISO', position: { latitude: 37.4, longitude: -122.2 } }
  const reading = await liveIntensity(place, { access, cache: null, source: 'watttime' })
  expect(reading.gramsPerKwh).toBeCloseTo(453.59237, 6)
  expect(reading.basis).toBe('marginal, direct')
  expect(requests.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from(`me:${KEY}`).toString('base64')}`,
    'Bearer abc.def',
    'Bearer abc.def',
  ])
})

test('the interval of a part of a country is not its difference from the mean of the country', async () => {
  const { baseUrl } = await serve(goodAnswer)
  const factorOf = async (zone: string) =>
    liveFactor(await carbonFactor({ zone }), { access: maps(baseUrl), cache: null })
  // Corsica's own mean is more than ten times that of France.
  expect(await factorOf('FR-COR')).toMatchObject({
    high: expect.closeTo(42 * 1.15, 9),
    intervalReason: expect.stringContaining('usual'),
  })
  expect(await factorOf('FR')).toMatchObject({ intervalReason: expect.stringMatching(/^difference/) })
})

describe('a server that', () => {
  const failing = async (answer: RequestListener, timeout?: number) => {
    const { baseUrl, requests } = await serve(answer)
    const network = countingNetwork()
    const asked = timeout === undefined ? network : hurried(network, timeout)
    const factor = await liveFactor(await carbonFactor({ country: 'FR' }), {
      access: maps(baseUrl),
      cache: null,
      network: asked,
    })
    return { factor, requests, network }
  }
  /** Cuts the time limit short without a change of the code under test. */
  const hurried = (network: Network, milliseconds: number): Network => ({
    ...network,
    fetch: (url, init) => {
      const signal = AbortSignal.any([init?.signal, AbortSignal.timeout(milliseconds)].filter((one) => one != null))
      return fetch(url, { ...init, signal })
    },
  })

  test.each<[string, RequestListener, string]>([
    ['refuses the key', (_, response) => response.writeHead(401).end(KEY), 'does not accept the key'],
    ['has no such zone', (_, response) => response.writeHead(404).end(), 'has no figure'],
    ['answers with a page', (_, response) => response.end('<html>'), 'no JSON'],
    ['answers with nothing', (_, response) => response.end(), 'no JSON'],
    ['answers with null', (_, response) => response.end('null'), 'without an intensity'],
    ['answers with a text', (_, response) => response.end('{"carbonIntensity":"42"}'), 'without an intensity'],
    ['answers with a huge figure', (_, response) => response.end('{"carbonIntensity":1e300}'), 'without an intensity'],
    ['answers with a negative one', (_, response) => response.end('{"carbonIntensity":-1}'), 'without an intensity'],
    [
      'answers with one of long ago',
      (_, response) => response.end('{"carbonIntensity":42,"datetime":"2020-01-01T00:00:00Z"}'),
      'not of now',
    ],
    ['answers with its prototype', (_, response) => response.end('{"__proto__":{"carbonIntensity":4}}'), 'without an'],
    ['answers without end', (_, response) => endless(response), 'more than 256 KiB'],
    ['redirects', (_, response) => response.writeHead(302, { location: 'https://example.org' }).end(), 'be reached'],
  ])('%s leaves the yearly factor with a warning', async (_name, answer, reason) => {
    const { factor } = await failing(answer)
    expect(factor.source).toContain('@tgwf/co2')
    expect(factor.warnings).toEqual([
      expect.objectContaining({ code: 'W_CARBON_LIVE', message: expect.stringContaining(reason) }),
    ])
    expect(JSON.stringify(factor)).not.toContain(KEY)
  })

  test('drips without end is left', async () => {
    const { baseUrl } = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(drip))
    })
    const url = new URL(baseUrl)
    const asked = fetchJson({ url, timeoutMilliseconds: 40 }, countingNetwork())
    await expect(asked).rejects.toThrow('does not answer within 0.04 s')
  })

  test('is asked by somebody who leaves is left at once', async () => {
    const left = new AbortController()
    const { baseUrl, requests } = await serve(() => left.abort())
    const asked = fetchJson({ url: new URL(baseUrl), signal: left.signal }, countingNetwork())
    await expect(asked).rejects.toThrow('cannot be reached')
    expect(requests).toHaveLength(1)
  })

  test('fails is asked three times, with pauses', async () => {
    const { requests, network } = await failing((_request, response) => response.writeHead(503).end())
    expect(requests).toHaveLength(3)
    expect(network.waits).toEqual([500, 2000])
  })

  test('fails once is asked again', async () => {
    let tries = 0
    const { factor } = await failing((request, response) => {
      tries++
      if (tries === 1) response.writeHead(500).end()
      else goodAnswer(request, response)
    })
    expect(factor).toMatchObject({ gramsPerKwh: 42, source: 'Electricity Maps', warnings: [] })
  })

  test('breaks off is told', async () => {
    const { factor } = await failing((request) => request.socket.destroy())
    expect(factor.warnings[0]?.message).toContain('cannot be reached')
  })

  test('never answers is left', async () => {
    const { factor } = await failing(() => {}, 30)
    expect(factor.warnings[0]?.message).toContain('cannot be reached')
  })

  test('is not there is told', async () => {
    const { baseUrl } = await serve(() => {})
    const [server] = servers.splice(0)
    await new Promise((resolve) => server?.close(resolve))
    const factor = await liveFactor(await carbonFactor({ country: 'FR' }), {
      access: maps(baseUrl),
      cache: null,
      network: countingNetwork(),
    })
    expect(factor.warnings[0]?.message).toMatch(/127\.0\.0\.1:\d+ cannot be reached/)
  })
})

test.each(['http://example.org', 'ftp://127.0.0.1', 'nonsense', 'file:///etc/passwd'])(
  'no key goes to %s',
  async (baseUrl) => {
    let asked = 0
    const network = { ...countingNetwork(), fetch: () => Promise.reject(new Error(`try ${++asked}`)) }
    const reading = liveIntensity(france, { access: maps(baseUrl), cache: null, network })
    await expect(reading).rejects.toMatchObject({ code: 'E_CARBON_LIVE' })
    expect(asked).toBe(0)
  },
)

describe('without', () => {
  test('a key the message says how to give one', async () => {
    await expect(liveIntensity(france)).rejects.toThrow('GREENBENCH_ELECTRICITY_MAPS_KEY')
  })

  test('a known source the message lists them', async () => {
    await expect(liveIntensity(france, { source: 'oracle' })).rejects.toThrow('electricity-maps, uk, watttime')
  })
})

describe('the cache', () => {
  test('answers for five minutes', async () => {
    const folder = temporaryFolder()
    const { baseUrl, requests } = await serve(goodAnswer)
    const start = Date.now()
    const ask = (minutes: number) =>
      liveIntensity(france, {
        access: maps(baseUrl),
        cache: folder,
        now: () => new Date(start + minutes * 60_000),
      })
    const first = await ask(0)
    expect(await ask(4.9)).toEqual(first)
    expect(requests).toHaveLength(1)
    await ask(5.1)
    expect(requests).toHaveLength(2)
  })

  test('holds no key', async () => {
    const folder = temporaryFolder()
    const { baseUrl } = await serve(goodAnswer)
    await liveIntensity(france, { access: maps(baseUrl), cache: folder })
    const texts = readdirSync(folder).map((name) => name + readFileSync(join(folder, name), 'utf8'))
    expect(texts).toHaveLength(1)
    expect(texts.join()).not.toContain(KEY)
  })

  test.each(['', '{', 'null', '{"gramsPerKwh":-1}', '{"gramsPerKwh":1e999}', 'x'.repeat(10_000)])(
    'that is spoilt (%s) is passed by',
    async (text) => {
      const folder = temporaryFolder()
      const { baseUrl, requests } = await serve(goodAnswer)
      await liveIntensity(france, { access: maps(baseUrl), cache: folder })
      for (const name of readdirSync(folder)) writeFileSync(join(folder, name), text)
      expect((await liveIntensity(france, { access: maps(baseUrl), cache: folder })).gramsPerKwh).toBe(42)
      expect(requests).toHaveLength(2)
    },
  )

  test('that holds what no source may tell is passed by', async () => {
    const folder = temporaryFolder()
    const { baseUrl } = await serve(goodAnswer)
    const entry = { gramsPerKwh: 12_345, at: now(), fetchedAt: now(), source: 'x', basis: 'y' }
    for (const grams of ['12345', '1e999', '"7"']) {
      await liveIntensity(france, { access: maps(baseUrl), cache: folder })
      const [name = ''] = readdirSync(folder)
      writeFileSync(join(folder, name), JSON.stringify(entry).replace('12345', grams))
      expect((await liveIntensity(france, { access: maps(baseUrl), cache: folder })).gramsPerKwh).toBe(42)
    }
  })

  test.skipIf(platform() === 'win32')('whose file is a pipe that nobody writes to is not waited for', async () => {
    const folder = temporaryFolder()
    const { baseUrl } = await serve(goodAnswer)
    await liveIntensity(france, { access: maps(baseUrl), cache: folder })
    const path = join(folder, readdirSync(folder)[0] ?? '')
    rmSync(path)
    execFileSync('mkfifo', [path])
    expect((await liveIntensity(france, { access: maps(baseUrl), cache: folder })).gramsPerKwh).toBe(42)
  })

  test('lies in no relative folder, whatever the environment says', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: 'cache' })).toBe(cacheFolder({}))
  })

  test('that cannot be written is no failure', async () => {
    const { baseUrl } = await serve(goodAnswer)
    const reading = liveIntensity(france, { access: maps(baseUrl), cache: '/dev/null/nowhere' })
    await expect(reading).resolves.toMatchObject({ gramsPerKwh: 42 })
  })
})

function endless(response: Parameters<RequestListener>[1]): void {
  const part = 'x'.repeat(65_536)
  const more = () => {
    while (!response.destroyed && response.write(part)) {}
  }
  response.on('drain', more)
  more()
}
