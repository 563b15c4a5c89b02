import { describe, expect, test } from 'vitest'
import type { InferenceRecord } from '../../../src/core/record.js'
import type { Network } from '../../../src/network/bounded-answer.js'
import { exportablesOf } from '../../../src/results/export/exportable.js'
import { exportToMlflow, type MlflowResult, type MlflowTarget } from '../../../src/results/export/mlflow.js'
import { BAD_SERVERS, serveLoopback } from '../../helpers/loopback-server.js'
import { mlflowStandIn } from '../../helpers/mlflow-server.js'
import { sampleInference, sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const TOKEN = 'secret-token-4711'

/** Waits are counted, not slept through. */
function countingNetwork(): Network & { readonly waits: number[] } {
  const waits: number[] = []
  return { fetch, wait: async (milliseconds) => void waits.push(milliseconds), waits }
}

async function exportTo(
  uri: string,
  records: readonly InferenceRecord[] = [sampleInference()],
  more: Partial<MlflowTarget> = {},
  network: Network = countingNetwork(),
): Promise<MlflowResult[]> {
  const results: MlflowResult[] = []
  const { exported } = exportablesOf(records)
  const target = { uri, experiment: 'greenbench', timeoutMilliseconds: 60_000, ...more }
  await exportToMlflow(exported, target, async (_one, result) => void results.push(result), network)
  return results
}

describe('a record', () => {
  test('becomes a finished run of its experiment, with every figure and its interval', async () => {
    const server = await mlflowStandIn()
    await exportTo(server.baseUrl)
    const [run] = server.runs
    const values = Object.fromEntries([...(run?.metrics.values() ?? [])].map(({ key, value }) => [key, value]))
    expect(values).toMatchObject({
      energy_per_inference_joules: 0.612_34,
      energy_per_inference_low_joules: 0.6,
      latency_mean_seconds: 0.023_61,
      accuracy_top1_ratio: 0.7333,
      window_power_watts: 24.4,
    })
    expect(run).toMatchObject({ status: 'FINISHED', endTime: Date.parse('2025-03-01T10:01:00.000Z') })
    expect([...server.experiments.keys()]).toContain('greenbench')
  })

  test('says in a tag what its energy rests on, and in the note what is doubtful', async () => {
    const server = await mlflowStandIn()
    await exportTo(server.baseUrl)
    expect(server.runs[0]?.tags.get('energy_rests_on')).toBe('measured')
    expect(server.runs[0]?.tags.get('mlflow.note.content')).toContain('other processes used 23% of the CPU')
  })

  test('leaves out what it does not know', async () => {
    const server = await mlflowStandIn()
    const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
    await exportTo(server.baseUrl, [record])
    expect([...(server.runs[0]?.metrics.values() ?? [])].some(({ key }) => /energy|co2e/.test(key))).toBe(false)
  })

  test('that was not finished is a failed run', async () => {
    const server = await mlflowStandIn()
    await exportTo(server.baseUrl, [{ ...sampleInference(), complete: false }])
    expect(server.runs[0]?.status).toBe('FAILED')
  })

  test('with more windows and options than a request may hold is sent in parts', async () => {
    const server = await mlflowStandIn()
    const record = sampleInference()
    record.samples.windows = Array.from({ length: 2300 }, (_, index) => ({
      startedAt: index,
      seconds: 1,
      inferences: index,
      joules: index,
    }))
    record.options = Object.fromEntries(Array.from({ length: 230 }, (_, index) => [`option${index}`, 'é'.repeat(800)]))
    await exportTo(server.baseUrl, [record])
    expect(server.runs[0]?.params.size).toBeGreaterThan(230)
    expect(server.runs[0]?.metrics.size).toBeGreaterThan(4600)
  })

  test('with hostile names and texts is written all the same', async () => {
    const server = await mlflowStandIn()
    const record = sampleInference()
    record.id = "' OR tags.x = 'y"
    record.model.name = '../../\u0000\ud800"😀'.repeat(100)
    record.options = { '../../etc': '\ud800', '': { a: { b: { c: { d: { e: 1 } } } } }, 'x\n': null }
    await exportTo(server.baseUrl, [record])
    expect(server.runs).toHaveLength(1)
  })

  test('exported twice changes nothing', async () => {
    const server = await mlflowStandIn()
    const [first] = await exportTo(server.baseUrl)
    const before = structuredClone(server.runs)
    const [second] = await exportTo(server.baseUrl)
    expect(second).toEqual(first)
    expect(server.runs).toEqual(before)
  })

  test('goes into the run that is named', async () => {
    const server = await mlflowStandIn()
    const [first] = await exportTo(server.baseUrl)
    await exportTo(server.baseUrl, [sampleInference()], { runId: first?.runId ?? '' })
    expect(server.runs).toHaveLength(1)
    await expect(exportTo(server.baseUrl, [sampleInference()], { runId: 'absent' })).rejects.toThrow(
      'HTTP 404, RESOURCE_DOES_NOT_EXIST',
    )
  })
})

test('several records do not fit into one run', async () => {
  const records = [sampleInference(), sampleInference()]
  await expect(exportTo('http://127.0.0.1:9', records, { runId: 'abc' })).rejects.toMatchObject({
    code: 'E_EXPORT_RUN',
  })
})

test('an inspection brings what was counted', async () => {
  const server = await mlflowStandIn()
  const { exported } = exportablesOf([sampleInspection()])
  await exportToMlflow(exported, { uri: server.baseUrl, experiment: 'x' }, async () => {}, countingNetwork())
  const keys = [...(server.runs[0]?.metrics.values() ?? [])].map(({ key }) => key)
  expect(keys).toEqual(['parameters', 'macs_per_batch', 'flops_per_batch', 'model_file_bytes', 'peak_activation_bytes'])
})

test('a training has its epochs as series', async () => {
  const server = await mlflowStandIn()
  const { exported } = exportablesOf([sampleTraining()])
  await exportToMlflow(exported, { uri: server.baseUrl, experiment: 'x' }, async () => {}, countingNetwork())
  const points = [...(server.runs[0]?.metrics.values() ?? [])]
  const accuracy = points.filter(({ key }) => key === 'epoch_validation_accuracy_ratio')
  expect(accuracy.map(({ step, value }) => [step, value])).toEqual([
    [1, 0.6],
    [2, 0.7],
  ])
  expect(server.runs[0]?.params.get('training.learningRate')).toBe('0.1')
})

describe('credentials', () => {
  test.each([
    [{ token: TOKEN }, `Bearer ${TOKEN}`],
    [{ token: TOKEN, username: 'me', password: 'x' }, `Basic ${Buffer.from('me:x').toString('base64')}`],
  ])('%o go into each request', async (given, expected) => {
    const server = await mlflowStandIn()
    await exportTo(server.baseUrl, undefined, given)
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(new Set([expected]))
  })

  test('in the address go into the header, not into what is shown', async () => {
    const server = await mlflowStandIn()
    const [result] = await exportTo(server.baseUrl.replace('//', '//me:s%40cret@'))
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from('me:s@cret').toString('base64')}`)
    expect(result?.url).not.toContain('cret')
  })

  test.each(['http://example.org', 'databricks', 'file:///mlruns', 'sqlite:///x.db', `http://me:${TOKEN}@`])(
    'never go to %s',
    async (uri) => {
      let asked = 0
      const network = { ...countingNetwork(), fetch: () => Promise.reject(new Error(`try ${++asked}`)) }
      const error = await exportTo(uri, undefined, { token: TOKEN }, network).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'E_EXPORT_URL', message: expect.not.stringContaining(TOKEN) })
      expect(asked).toBe(0)
    },
  )
})

describe('a server that', () => {
  test.each(BAD_SERVERS)('%s is told in one line', async (name, answer, reason) => {
    const uri = await serveLoopback(answer)
    const timeoutMilliseconds = name === 'never answers' ? 150 : 60_000
    const error = await exportTo(uri, undefined, { token: TOKEN, timeoutMilliseconds }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'E_EXPORT', message: expect.stringMatching(reason) })
    expect(`${error.message}${error.hint}`).not.toMatch(/secret|\n/)
  })

  test('fails twice is asked a third time, with pauses', async () => {
    const server = await mlflowStandIn()
    server.failures = 2
    const network = countingNetwork()
    await exportTo(server.baseUrl, undefined, {}, network)
    expect(network.waits).toEqual([500, 2000])
    expect(server.runs).toHaveLength(1)
  })

  test('makes a run without saying so keeps one run', async () => {
    const server = await mlflowStandIn()
    server.isCreateSilent = true
    await exportTo(server.baseUrl)
    expect(server.runs).toHaveLength(1)
  })

  test('dies between two records is told with how many it has', async () => {
    const server = await mlflowStandIn()
    const records = [sampleInference(), { ...sampleInference(), id: 'another' }]
    const { exported } = exportablesOf(records)
    const target = { uri: server.baseUrl, experiment: 'greenbench' }
    const die = async (): Promise<void> => {
      server.failures = 99
    }
    const dying = exportToMlflow(exported, target, die, countingNetwork())
    await expect(dying).rejects.toThrow(/HTTP 503\); 1 of 2 records are written/)
  })

  test('was given the experiment by somebody else in between takes that one', async () => {
    const server = await mlflowStandIn()
    const network = countingNetwork()
    const between: typeof fetch = (input, init) => {
      if (String(input).endsWith('experiments/create')) server.experiments.set('greenbench', '77')
      return fetch(input, init)
    }
    await exportTo(server.baseUrl, undefined, {}, { ...network, fetch: between })
    expect(server.runs[0]?.experiment).toBe('77')
  })
})
