import type { RequestListener } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { InferenceRecord } from '../../../src/core/record.js'
import { ExportError } from '../../../src/results/export/export-error.js'
import { exportablesOf } from '../../../src/results/export/exportable.js'
import { exportToOpenTelemetry } from '../../../src/results/export/opentelemetry.js'
import { bodyOf, dripping, endless, serveLoopback } from '../../helpers/loopback-server.js'
import { sampleInference } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asDouble: number
}

interface Metric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly gauge?: { readonly dataPoints: readonly Point[] }
  readonly sum?: {
    readonly dataPoints: readonly Point[]
    readonly isMonotonic: boolean
    readonly aggregationTemporality: number
  }
}

/** A collector that takes OTLP in JSON at its path, and nothing else. */
async function collector() {
  const received: {
    resourceMetrics: { resource: { attributes: Point['attributes'] }; scopeMetrics: { metrics: Metric[] }[] }[]
  }[] = []
  const baseUrl = await serveLoopback(async (request, response) => {
    const body = await bodyOf(request)
    const isOtlp = request.method === 'POST' && request.url === '/v1/metrics'
    if (!isOtlp || request.headers['content-type'] !== 'application/json') {
      response.writeHead(415).end()
      return
    }
    received.push(JSON.parse(body))
    response.setHeader('content-type', 'application/json').end('{"partialSuccess":{}}')
  })
  const metrics = () =>
    received.flatMap((one) =>
      one.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)),
    )
  return { baseUrl, received, metrics }
}

const attributesOf = (point: Pick<Point, 'attributes'> | undefined) =>
  Object.fromEntries(point?.attributes.map(({ key, value }) => [key, value.stringValue]) ?? [])

const send = (url: string, record: InferenceRecord = sampleInference(), timeoutMilliseconds = 60_000) =>
  exportToOpenTelemetry(exportablesOf([record]).exported, { url, timeoutMilliseconds }, async () => {})

describe('a collector gets', () => {
  test('each figure as a gauge with its unit and what it rests on', async () => {
    const { baseUrl, metrics } = await collector()
    await send(baseUrl)
    const energy = metrics().find(({ name }) => name === 'greenbench.energy_per_inference')
    expect(energy).toMatchObject({ unit: 'J', gauge: { dataPoints: [{ asDouble: 0.612_34 }] } })
    expect(attributesOf(energy?.gauge?.dataPoints[0])).toMatchObject({
      'greenbench.model': 'resnet18',
      'greenbench.rests_on': 'measured',
    })
  })

  test('the counted domains as hw.energy, by the semantic conventions', async () => {
    const { baseUrl, metrics } = await collector()
    await send(baseUrl)
    const energy = metrics().find(({ name }) => name === 'hw.energy')
    expect(energy).toMatchObject({ unit: 'J', sum: { isMonotonic: true, aggregationTemporality: 2 } })
    expect(energy?.sum?.dataPoints.map(({ asDouble }) => asDouble)).toEqual([700, 35])
    expect(attributesOf(energy?.sum?.dataPoints[0])).toMatchObject({
      'hw.id': 'rapl/package-0',
      'hw.name': 'package-0',
    })
  })

  test('types of the conventions where a part is known', async () => {
    const { baseUrl, metrics } = await collector()
    const record = sampleInference()
    for (const domain of record.energy?.domains ?? []) domain.part = domain.name === 'dram' ? 'dram' : 'package'
    await send(baseUrl, record)
    const points = metrics().find(({ name }) => name === 'hw.power')?.gauge?.dataPoints ?? []
    expect(points.map((point) => attributesOf(point)['hw.type'])).toEqual(['cpu', 'memory'])
    expect(points[0]?.asDouble).toBe(140)
  })

  test('the whole machine as hw.host.energy, and never twice', async () => {
    const { baseUrl, metrics } = await collector()
    const record = sampleInference()
    if (record.energy !== undefined) {
      record.energy.domains = [
        {
          name: 'psys',
          profiler: 'rapl',
          kind: 'measured',
          joules: 735,
          low: 1,
          high: 2,
          isCounted: true,
          part: 'system',
        },
        {
          name: 'package-0',
          profiler: 'rapl',
          kind: 'measured',
          joules: 7,
          low: 1,
          high: 2,
          isCounted: false,
          part: 'package',
        },
      ]
    }
    await send(baseUrl, record)
    expect(metrics().find(({ name }) => name === 'hw.host.energy')?.sum?.dataPoints[0]?.asDouble).toBe(735)
    expect(metrics().some(({ name }) => name === 'hw.energy')).toBe(false)
  })

  test('the times of the run, not those of the export', async () => {
    const { baseUrl, metrics } = await collector()
    await send(baseUrl)
    expect(metrics()[0]?.gauge?.dataPoints[0]).toMatchObject({
      startTimeUnixNano: `${Date.parse('2025-03-01T10:00:00Z')}000000`,
      timeUnixNano: `${Date.parse('2025-03-01T10:01:00Z')}000000`,
    })
  })

  test('the energy of a training over the time that it took', async () => {
    const { baseUrl, metrics } = await collector()
    const { exported } = exportablesOf([sampleTraining()])
    await exportToOpenTelemetry(exported, { url: baseUrl }, async () => {})
    expect(metrics().find(({ name }) => name === 'hw.power')?.gauge?.dataPoints[0]?.asDouble).toBeCloseTo(700 / 21)
    expect(metrics().some(({ name }) => name === 'greenbench.energy_per_epoch')).toBe(true)
  })

  test('what the machine is, in the words of resources', async () => {
    const { baseUrl, received } = await collector()
    await send(baseUrl, {
      ...sampleInference(),
      host: { cpu: { model: 'Example' }, os: { architecture: 'x64', platform: 'linux' } },
    })
    expect(attributesOf(received[0]?.resourceMetrics[0]?.resource)).toMatchObject({
      'service.name': 'greenbench',
      'host.arch': 'amd64',
      'host.cpu.model.name': 'Example',
      'os.type': 'linux',
    })
  })

  test('nothing of what the record does not know', async () => {
    const { baseUrl, metrics } = await collector()
    const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
    await send(baseUrl, record)
    expect(metrics().some(({ name }) => /energy|co2e|hw\./.test(name))).toBe(false)
  })
})

describe('a collector that', () => {
  const bad: readonly (readonly [string, RequestListener])[] = [
    ['fails', (_, response) => void response.writeHead(500).end('oops')],
    ['is overloaded', (_, response) => void response.writeHead(503).end()],
    ['never answers', () => {}],
    ['breaks off', (request) => void request.socket.destroy()],
    ['answers without end', (_, response) => endless(response)],
    ['answers a byte at a time', (_, response) => dripping(response)],
    [
      'breaks off a good answer',
      (_, response) => void response.writeHead(200).write('{"par', () => response.destroy()),
    ],
    ['answers with a page', (_, response) => void response.end('<html>')],
    ['answers with a list', (_, response) => void response.end('[]')],
    ['is an MLflow server', (_, response) => void response.end('{"experiment":{"experiment_id":"1"}}')],
    ['redirects', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
  ]
  test.each(bad)('%s is told in one line', async (_name, answer) => {
    const url = await serveLoopback(answer)
    const error = await send(url, sampleInference(), 300).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ExportError)
    expect(error).toMatchObject({
      code: 'E_EXPORT',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ does not take .*$/),
    })
  })
})

test('a collector that never comes to an end is asked once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let requests = 0
  const url = await serveLoopback((_, response) => {
    requests += 1
    dripping(response)
    void vi.advanceTimersByTimeAsync(61_000)
  })
  await expect(send(url)).rejects.toThrow('no whole answer in time')
  expect(requests).toBe(1)
})

test('a collector that answers with nothing has taken all', async () => {
  await expect(send(await serveLoopback((_, response) => void response.end()))).resolves.toBeUndefined()
})

test('a collector that only advises has taken all', async () => {
  const advice = '{"partialSuccess":{"rejectedDataPoints":"0","errorMessage":"use gzip"}}'
  const url = await serveLoopback((_, response) => void response.end(advice))
  const { exported } = exportablesOf([sampleInference()])
  await expect(exportToOpenTelemetry(exported, { url, isStrict: true }, async () => {})).resolves.toBeUndefined()
})

test('a collector that rejects a part is told, where that is wanted', async () => {
  const partly = '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}}'
  const url = await serveLoopback(
    (_, response) => void response.setHeader('content-type', 'application/json').end(partly),
  )
  const { exported } = exportablesOf([sampleInference()])
  const sending = exportToOpenTelemetry(exported, { url, isStrict: true }, async () => {})
  await expect(sending).rejects.toThrow(/does not take the metrics: "a part is rejected: .*too old/)
  await expect(send(url)).resolves.toBeUndefined()
})

test.each(['databricks', 'grpc://127.0.0.1:4317'])('%s is no address of a collector', async (url) => {
  await expect(send(url)).rejects.toMatchObject({ code: 'E_EXPORT_URL' })
})

test('without the library the hint says how to install it', async () => {
  const { exported } = exportablesOf([sampleInference()])
  const absent = (name: string) => Promise.reject(new Error(`Cannot find package '${name}'`))
  await expect(exportToOpenTelemetry(exported, {}, async () => {}, absent)).rejects.toMatchObject({
    message: 'the library of OpenTelemetry is not installed',
    hint: expect.stringMatching(/^npm install @opentelemetry\/api .*@opentelemetry\/exporter-metrics-otlp-http$/),
  })
})
