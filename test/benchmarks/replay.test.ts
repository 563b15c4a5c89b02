import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ReplayOptions, replayTrace } from '../../benchmarks/replay.js'
import { GreenbenchError } from '../../src/core/errors.js'
import { seededRandom } from '../../src/core/random.js'
import type { InferenceRecord } from '../../src/core/record.js'
import { readRecords } from '../../src/results/read-record.js'
import { EXAMPLE_IMAGES, EXAMPLE_MODEL, runCli } from '../helpers/run-cli.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()
const trace = join(folder, 'run.jsonl')
let recorded: readonly InferenceRecord[] = []

beforeAll(async () => {
  const json = join(folder, 'run.json')
  const input = ['--images', EXAMPLE_IMAGES, '--limit', '16', '--batch', '1,4']
  const place = [
    '--carbon-intensity',
    '{"0:00-12:00": 90, "12:00-24:00": 40}',
    '--price',
    '0.3 EUR',
    '--embodied-kg',
    '900',
  ]
  const times = ['--max-duration', '1s', '--idle', '300ms', '--sampling-interval', '400ms', '--quiet']
  await runCli([EXAMPLE_MODEL, ...input, ...place, ...times, '--trace', trace, '--json', json])
  recorded = (await readRecords(json)).filter((record) => record.kind === 'inference')
})

const replayed = async (options: ReplayOptions = {}): Promise<InferenceRecord> => {
  const [record] = await replayTrace(trace, options)
  if (record === undefined) throw new Error('no record')
  return record
}

/** Without what tells a replay from a run. Sums of readings may differ in their last bits. */
function comparable({ id: _, replay: __, ...record }: InferenceRecord): unknown {
  return JSON.parse(JSON.stringify(record), (_key, value) =>
    typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  )
}

describe('a replay', () => {
  test('gives the records of the run again', async () => {
    expect((await replayTrace(trace)).map(comparable)).toEqual(recorded.map(comparable))
  })

  test('names the record of the run', async () => {
    expect((await replayed()).replay).toEqual({ of: recorded[0]?.id, changed: [] })
  })

  test('with another intensity changes CO2 and nothing of the energy', async () => {
    const { energy, carbon, replay } = await replayed({ carbonIntensity: 1000, pue: 2 })
    expect(energy?.perInference).toEqual(recorded[0]?.energy?.perInference)
    expect(carbon?.perInference.grams).toBeCloseTo(((energy?.perInference.joules ?? 0) * 2 * 1000) / 3.6e6, 15)
    expect(replay?.changed).toEqual(['carbonIntensity', 'pue'])
  })

  test('with a country takes its factor', async () => {
    expect((await replayed({ country: 'FR' })).carbon?.factor.zone).toBe('FR')
  })

  test('with an intensity by hour, a price and embodied carbon tells what these come to', async () => {
    const parts = [{ from: 0, to: 0, value: 100 }]
    const { carbon, cost } = await replayed({
      carbonIntensity: { parts },
      price: { perKwh: 0.3 },
      embodied: { kilograms: 1200 },
    })
    expect(carbon?.factor).toMatchObject({ gramsPerKwh: expect.closeTo(100), lowest: 100, highest: 100 })
    expect(cost?.perKwh).toBeCloseTo(0.3)
    expect(carbon?.sci?.embodied).toBeGreaterThan(0)
  })

  test('with idle power from elsewhere changes net energy alone', async () => {
    const [given, none, before] = await Promise.all([
      replayed({ idleModel: 0 }),
      replayed({ idleModel: 'none' }),
      replayed({ idleModel: 'before' }),
    ])
    expect(given.energy?.net?.joules).toBeCloseTo(given.energy?.gross.joules ?? Number.NaN, 9)
    expect(none.energy?.net).toBeUndefined()
    expect(before.energy?.idle?.watts).toBe(recorded[0]?.energy?.idle?.before)
    expect(given.energy?.attribution?.joules.idle).toBe(0)
    expect(given.energy?.gross).toEqual(recorded[0]?.energy?.gross)
  })

  test('on the command line prints the table of the run', async () => {
    const { code, stdout } = await runCli(['replay', trace, '--country', 'FR', '--explain'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/CO2 per inference [\s\S]*France/)
    expect(stdout).toContain('uncertainty, batch 4')
  })
})

/** The file with its text changed. */
function changed(change: (text: string) => string): string {
  const path = join(folder, 'changed.jsonl')
  writeFileSync(path, change(readFileSync(trace, 'utf8')))
  return path
}

const withLine = (from: RegExp, to: string) => (text: string) => text.replace(from, to)

/** The two ends of the first window that counts, as lines of the trace. */
interface Edge {
  readonly type: string
  readonly at: number
  readonly readings: readonly { readonly at: number; readonly values: readonly number[] }[]
}

/** A hundred readings of each channel, evenly spaced between the edges, as a machine makes them that nothing holds up. */
function evenReadings(begin: Edge, end: Edge): string[] {
  return begin.readings.flatMap(({ at, values }, channel) => {
    const to = end.readings[channel]
    const part = (share: number) => {
      const between = (one: number, other = one) => one + (other - one) * share
      const mixed = values.map((value, index) => between(value, to?.values[index]))
      return JSON.stringify({ type: 'reading', channel, at: between(at, to?.at), values: mixed })
    }
    return Array.from({ length: 99 }, (_, index) => part((index + 1) / 100))
  })
}

describe('a trace that was cut off in the middle of its only window', () => {
  const lines = () => readFileSync(trace, 'utf8').split('\n')
  const isReading = (line: string) => line.startsWith('{"type":"reading"')
  /** Of the first batch size, up to its first window: what came before, the window's own lines, its end, what it found. */
  function firstWindow() {
    const all = lines()
    const found = all.findIndex((line) => line.startsWith('{"type":"window"'))
    const window = JSON.parse(all[found] ?? '')
    const start = all.findIndex((line) => line.startsWith('{"type":"begin"') && JSON.parse(line).at === window.energyAt)
    const end = all.findIndex((line, index) => index > start && line.startsWith('{"type":"end"'))
    const own = all.slice(start + 1, found).filter((line, index) => !isReading(line) && start + 1 + index !== end)
    const before = all.slice(0, start + 1)
    return { window, before, begin: JSON.parse(all[start] ?? ''), own, end: JSON.parse(all[end] ?? '') }
  }

  async function cut() {
    const { window, before, begin, own, end } = firstWindow()
    const [record] = await replayTrace(changed(() => [...before, ...evenReadings(begin, end), ...own, ''].join('\n')))
    const [whole] = recorded[0]?.samples.windows ?? []
    return { record, window, whole }
  }

  test('gives the energy of the time that something ran, and says that the run is not complete', async () => {
    const { record, window, whole } = await cut()
    const share = (record?.energy?.gross.joules ?? 0) / (whole?.joules ?? 0)
    expect(share).toBeCloseTo(window.busySeconds / window.seconds, 1)
    expect(record).toMatchObject({ complete: false })
    expect(record?.warnings).toContainEqual(expect.objectContaining({ code: 'W_TRACE_CUT' }))
  })

  test('gives energy per image as the whole window does', async () => {
    const { record, window, whole } = await cut()
    const perImage = (record?.energy?.perInference.joules ?? 0) / ((whole?.joules ?? 0) / (whole?.inferences ?? 1))
    expect(perImage).toBeCloseTo(window.busySeconds / window.seconds, 1)
  })
})

test('windows in which nothing ran give no energy of an inference', async () => {
  const empty = (text: string) => text.replace(/("type":"window".*?"batches":)\d+/g, '$10')
  const [record] = await replayTrace(changed(empty))
  expect(record).not.toHaveProperty('energy')
  expect(record?.missing).toContainEqual({ field: 'energy', reason: 'nothing ran in the windows that have joules' })
})

describe('a file that is no trace', () => {
  test.each<[string, string, (text: string) => string, string]>([
    ['nothing', 'E_TRACE_INVALID', () => '', 'line 1'],
    ['another JSON', 'E_TRACE_INVALID', () => '{"a":1}\n', 'line 1'],
    ['no JSON', 'E_TRACE_INVALID', () => 'energy\njoules\n', 'line 1 is not JSON'],
    ['a later version', 'E_TRACE_VERSION', withLine(/"traceVersion":1/, '"traceVersion":2'), 'version 2'],
    ['an unknown event', 'E_TRACE_INVALID', withLine(/"type":"batch"/, '"type":"bach"'), 'no type of event'],
    ['half a line in the middle', 'E_TRACE_INVALID', withLine(/"type":"run".*\n/, '\n'), 'is not JSON'],
    ...['run', 'batch', 'ready', 'idle', 'warmup', 'window', 'latencies', 'done', 'begin', 'end', 'channel'].map(
      (type): [string, string, (text: string) => string, string] => [
        `a line "${type}" twice`,
        'E_TRACE_INVALID',
        withLine(new RegExp(`^{"type":"${type}".*\n`, 'm'), '$&$&'),
        type === 'latencies' ? 'latencies, expected' : `(${type}): it repeats one before it`,
      ],
    ),
    [
      'a sensor that may be wrong without end',
      'E_TRACE_INVALID',
      withLine(/"low":[\d.]+/, '"low":1e300'),
      'low must be',
    ],
    ['a number as text', 'E_TRACE_INVALID', withLine(/"pue":1/, '"pue":"1"'), 'pue must be number'],
    ['a number without end', 'E_TRACE_INVALID', withLine(/"pue":1/, '"pue":1e999'), 'pue must be'],
    [
      'readings of the wrong width',
      'E_TRACE_INVALID',
      withLine(/("type":"reading".*"values":)\[/, '$1[1,'),
      '3 values',
    ],
    [
      'a window that ends first',
      'E_TRACE_INVALID',
      withLine(/"type":"begin","window":0/, '"type":"begin","window":999'),
      'window 0',
    ],
    [
      'lines of no batch size',
      'E_TRACE_INVALID',
      withLine(/"type":"ready","batch":0/, '"type":"ready","batch":7'),
      'number 7',
    ],
    ['a run that measured nothing', 'E_TRACE_EMPTY', withLine(/\{"type":"latencies"[\s\S]*/, ''), 'before anything'],
  ])('%s: %s', async (_what, code, change, message) => {
    const path = changed(change)
    await expect(replayTrace(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test.each([
    ['is not there', '/nowhere/run.jsonl'],
    ['is a folder', folder],
  ])('that %s is refused', async (_what, path) => {
    await expect(replayTrace(path)).rejects.toMatchObject({ code: 'E_TRACE_READ' })
  })

  test('a line without end is refused', async () => {
    const path = changed((text) => `${text}{"type":"${'x'.repeat(17 << 20)}`)
    await expect(replayTrace(path)).rejects.toMatchObject({ code: 'E_TRACE_SIZE' })
  })

  test('the command line says so in one line, with exit code 1', async () => {
    const { code, stderr } = await runCli(['replay', EXAMPLE_MODEL])
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 2 })
    expect(stderr).toMatch(/^greenbench: .*shapes\.onnx is no trace: line 1 is not JSON\n {2}hint: /)
  })

  const random = seededRandom(8)
  test('cut off anywhere it gives a record or says why not', async () => {
    for (let cut = 0; cut < 25; cut++) await expectRecordOrReason((text) => text.slice(0, random() * text.length))
  })

  test('with any character changed it gives a record or says why not', async () => {
    const characters = '0123456789-.,:"{}[]ex'
    for (let change = 0; change < 40; change++) {
      await expectRecordOrReason((text) => {
        const place = Math.floor(random() * text.length)
        const character = characters[Math.floor(random() * characters.length)]
        return text.slice(0, place) + character + text.slice(place + 1)
      })
    }
  })
})

async function expectRecordOrReason(change: (text: string) => string): Promise<void> {
  const result = await replayTrace(changed(change)).catch((error: unknown) => error)
  if (!Array.isArray(result)) expect(result).toBeInstanceOf(GreenbenchError)
}
