import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ResultRecord } from '../../src/core/record.js'
import { recordsToJson } from '../../src/results/record-file.js'
import { serveLoopback } from '../helpers/loopback-server.js'
import { mlflowStandIn } from '../helpers/mlflow-server.js'
import { BIN, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'

/** A folder with `result.json`. */
function folderWith(...records: readonly ResultRecord[]): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'result.json'), recordsToJson(records))
  return folder
}

const exporting = (folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runCli(['export', 'result.json', ...args], { folder, environment })

describe('export', () => {
  test('to a file for Prometheus replaces it in one step', async () => {
    const folder = folderWith(sampleInference())
    writeFileSync(join(folder, 'greenbench.prom'), 'old', { mode: 0o644 })
    const { ino } = statSync(join(folder, 'greenbench.prom'))
    const { code, stderr } = await exporting(folder, ['--to', 'prometheus', '-o', 'greenbench.prom'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: `wrote ${join(folder, 'greenbench.prom')}\n` })
    expect(readFileSync(join(folder, 'greenbench.prom'), 'utf8')).toMatch(
      /^greenbench_energy_per_inference_joules\{.*\} 0\.61234$/m,
    )
    expect(statSync(join(folder, 'greenbench.prom')).ino).not.toBe(ino)
  })

  test('to CSV has a row for each run and names what has none', async () => {
    const folder = folderWith(sampleInference(), sampleInference(), sampleInspection())
    const { stdout, stderr } = await exporting(folder, ['--to', 'csv'])
    expect(stdout.trim().split('\r\n')).toHaveLength(3)
    expect(stderr).toContain('left out the inspection of resnet18: a table of runs has no columns for it')
  })

  test('to CSV of trainings alone has a row for each epoch', async () => {
    const { stdout, stderr } = await exporting(folderWith(sampleTraining(), sampleInspection()), ['--to', 'csv'])
    expect(stdout.trim().split('\r\n')).toHaveLength(3)
    expect(stderr).toContain('left out the inspection of resnet18: a table of epochs has no columns for it')
  })

  test('to JSON gathers the records of a folder', async () => {
    const folder = folderWith(sampleInference())
    mkdirSync(join(folder, 'more'))
    writeFileSync(join(folder, 'more', 'b.json'), recordsToJson([sampleInspection(), sampleTraining()]))
    const { stdout } = await runCli(['export', folder, '--to', 'json'])
    expect(JSON.parse(stdout)).toHaveLength(3)
  })

  test('to MLflow takes address and token from the environment', async () => {
    const server = await mlflowStandIn()
    const environment = {
      MLFLOW_TRACKING_URI: server.baseUrl,
      MLFLOW_TRACKING_TOKEN: 'abc',
      MLFLOW_EXPERIMENT_NAME: 'ours',
    }
    const { code, stdout } = await exporting(folderWith(sampleInference()), ['--to', 'mlflow'], environment)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^resnet18: \d+ metrics, \d+ params, http:\/\/127\.0\.0\.1:\d+\/#\/experiments\/1\/runs\/f+0\n$/,
    )
    expect(server.requests[0]?.authorization).toBe('Bearer abc')
    expect([...server.experiments.keys()]).toContain('ours')
  })

  test('to a collector of OpenTelemetry says how many metrics it took', async () => {
    const url = await serveLoopback((_request, response) => void response.end('{}'))
    const { code, stdout } = await exporting(folderWith(sampleInference()), ['--to', 'otel', '--url', url])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^resnet18: \d+ metrics\n$/) })
  })

  test('to a collector that the environment names', async () => {
    const url = await serveLoopback((_request, response) => void response.end('{}'))
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: url }
    expect((await exporting(folderWith(sampleInference()), ['--to', 'otel'], environment)).code).toBe(0)
  })

  test.each([
    ['without a target', [], 2, 'export to what?'],
    ['to an unknown one', ['--to', 'mlfow'], 2, 'did you mean mlflow?'],
    ['to MLflow without an address', ['--to', 'mlflow'], 2, 'give --url'],
    ['to a collector without an address', ['--to', 'otel'], 2, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['into a folder that is not there', ['--to', 'csv', '-o', 'absent/x.csv'], 1, 'the folder does not exist'],
    ['to a server that is not there', ['--to', 'mlflow', '--url', 'http://127.0.0.1:9'], 1, 'cannot be reached'],
  ])('%s ends in one line', async (_name, args, code, words) => {
    const result = await exporting(folderWith(sampleInference()), args)
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
    expect(result.stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
  })

  test('takes no address from a config file', async () => {
    const folder = folderWith(sampleInference())
    writeFileSync(join(folder, 'greenbench.config.yaml'), 'url: http://127.0.0.1:9\n')
    const { code, stderr } = await exporting(folder, ['--to', 'mlflow'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('url') })
  })
})

describe('export fails in one line', () => {
  test('for a folder without results, whatever it is for', async () => {
    const folder = temporaryFolder()
    for (const to of ['csv', 'json', 'prometheus', 'otel']) {
      const { code, stdout, stderr } = await runCli(['export', '.', '--to', to], { folder })
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: 'greenbench: .: no result to export\n' })
    }
  })

  test.skipIf(!existsSync('/dev/full'))('where standard output has no space left (needs /dev/full)', () => {
    const full = openSync('/dev/full', 'w')
    const args = [BIN, 'export', 'result.json', '--to', 'csv']
    const run = { cwd: folderWith(sampleInference()), encoding: 'utf8' } as const
    const { status, stderr } = spawnSync(process.execPath, args, { ...run, stdio: ['ignore', full, 'pipe'] })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'greenbench: cannot write standard output: no space left on the device\n  hint: choose another place for it\n',
    })
    // Nobody can be told, but the code says it.
    expect(spawnSync(process.execPath, args, { ...run, stdio: ['ignore', full, full] }).status).toBe(1)
  })
})
