import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CHECKOUT, EXAMPLE_MODEL, temporaryFolder } from './helpers/run-cli.js'

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly run?: string
}

const read = (path: string) => readFileSync(join(CHECKOUT, path), 'utf8')
const text = read('action.yml')
const { version: VERSION } = JSON.parse(read('package.json'))
const action: {
  readonly name: string
  readonly description: string
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
} = parse(text)
const { steps } = action.runs
const measure = steps.find(({ id }) => id === 'measure')

/** What GitHub puts in the place of the expressions that the action uses. */
function evaluated(expression: string, inputs: Readonly<Record<string, string>>): string {
  const value = (name: string) => inputs[name] ?? action.inputs[name]?.default ?? ''
  const plain = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)
  if (plain !== null) return value(plain[1] ?? '')
  const whenEmpty = /^\$\{\{ inputs\.([\w-]+) == '' && '(\w*)' \|\| '' \}\}$/.exec(expression)
  if (whenEmpty === null) throw new Error(`what is ${expression}?`)
  return value(whenEmpty[1] ?? '') === '' ? (whenEmpty[2] ?? '') : ''
}

/** Runs the step as GitHub does, with this checkout in the place of the package that npx would fetch. */
async function runAction(folder: string, inputs: Readonly<Record<string, string>>) {
  const tools = join(folder, '.tools')
  mkdirSync(tools, { recursive: true })
  writeFileSync(
    join(tools, 'npx'),
    `#!/bin/sh\n[ "$1 $2 $3" = "--yes -- greenbench@${VERSION}" ] || exit 99\nshift 3\nexec node ${join(CHECKOUT, 'bin', 'greenbench.js')} "$@"\n`,
  )
  chmodSync(join(tools, 'npx'), 0o755)
  writeFileSync(join(tools, 'step.sh'), measure?.run ?? '')
  copyFileSync(join(CHECKOUT, 'package.json'), join(tools, 'package.json'))
  const files = { GITHUB_OUTPUT: join(tools, 'output'), GITHUB_STEP_SUMMARY: join(tools, 'summary') }
  for (const path of Object.values(files)) writeFileSync(path, '')
  const env = Object.entries(measure?.env ?? {}).map(([name, value]) => [name, evaluated(value, inputs)])
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', join(tools, 'step.sh')], {
    cwd: folder,
    env: {
      PATH: `${tools}:${process.env.PATH}`,
      HOME: folder,
      GITHUB_ACTION_PATH: tools,
      GREENBENCH_WARMUP: '20ms',
      GREENBENCH_IDLE: '0',
      ...files,
      ...Object.fromEntries(env),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const lines = readFileSync(files.GITHUB_OUTPUT, 'utf8').trim().split('\n')
  const outputs = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]))
  return { code, said, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') }
}

function folderWithModels(...names: readonly string[]): string {
  const folder = temporaryFolder()
  for (const name of names) {
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    copyFileSync(EXAMPLE_MODEL, path)
  }
  return folder
}

/** Field 6 of an ONNX model, its description, again: the last one counts. */
const DESCRIPTION = Buffer.concat([Buffer.from([(6 << 3) | 2, 100]), Buffer.alloc(100, 'a')])

const quick = { 'max-duration': '300ms', 'max-regress': '1000%', metric: 'latency.mean' }

describe('action.yml', () => {
  test('lets no input become a part of a shell command', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  test('is a composite action whose commands name their shell', () => {
    expect(action.runs.using).toBe('composite')
    expect(steps.every(({ run, shell, uses }) => (run === undefined ? uses !== undefined : shell === 'bash'))).toBe(
      true,
    )
  })

  test('uses each of its inputs, and no other', () => {
    const used = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name))
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort())
  })

  test('describes its inputs and outputs, which come from a step that writes them', () => {
    for (const { description } of Object.values(action.inputs)) expect(description).not.toBe('')
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(value).toBe(`\${{ steps.measure.outputs.${name} }}`)
      expect(measure?.run).toContain(`echo "${name}=`)
    }
  })
})

describe('the example workflow', () => {
  const { jobs } = parse(read('docs/examples/greenbench.yml'))
  const used: readonly Step[] = jobs.energy.steps

  test('gives the action inputs that it has, and all that it needs', () => {
    const given = Object.keys(used.find(({ uses }) => uses?.includes('greenbench'))?.with ?? {})
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([])
    expect(given).toContain('model')
  })

  test('runs no command of its own', () => {
    expect(used.every(({ run }) => run === undefined)).toBe(true)
  })
})

describe('the action', () => {
  test('measures the model and its base in turn and writes the summary', async () => {
    const folder = folderWithModels('base/model.onnx', 'model.onnx')
    const run = await runAction(folder, { ...quick, model: 'model.onnx', 'base-model': 'base/model.onnx' })
    expect(run).toMatchObject({ code: 0, outputs: { results: 'greenbench-results/result.json', regression: 'false' } })
    expect(run.summary).toMatch(/^### greenbench: no regression\n/)
    const written = ['benchmark.json', 'comparison.json', 'greenbench.xml', 'result.json']
    expect(readdirSync(join(folder, 'greenbench-results')).sort()).toEqual(written)
    expect(run.said).not.toMatch(/did you mean/)
  })

  test('fails when a figure is over a limit, with the summary all the same', async () => {
    const folder = folderWithModels('model.onnx')
    const { code, outputs, summary, said } = await runAction(folder, {
      ...quick,
      model: 'model.onnx',
      'fail-if': 'parameters>10; latency.p50>1h;',
    })
    expect({ code, regression: outputs.regression }).toEqual({ code: 3, regression: 'true' })
    expect(said).toContain('over the limit parameters>10')
    expect(summary).toContain('model')
  })

  test.each([
    ['of the base does not fail the change that mends it', 'long.onnx', 'short.onnx', 0, 'false', 'within all limits'],
    ['of the change fails it, and the summary says so', 'short.onnx', 'long.onnx', 3, 'true', 'over a limit'],
  ])('a limit %s', async (_what, base, model, code, regression, said) => {
    const folder = folderWithModels('short.onnx', 'long.onnx')
    const { size } = statSync(join(folder, 'short.onnx'))
    appendFileSync(join(folder, 'long.onnx'), DESCRIPTION)
    const inputs = { ...quick, model, 'base-model': base, 'fail-if': `modelBytes>${size}B` }
    const run = await runAction(folder, inputs)
    expect({ code: run.code, regression: run.outputs.regression }).toEqual({ code, regression })
    expect(run.summary).toContain(`### greenbench: ${said}`)
    expect(run.summary).toContain('### greenbench: no regression')
  })

  test('gives no verdict where nothing could be compared', async () => {
    const folder = folderWithModels('model.onnx')
    writeFileSync(join(folder, 'base.json'), '{}')
    const { code, outputs } = await runAction(folder, { ...quick, model: 'model.onnx', 'base-results': 'base.json' })
    expect(code).toBe(1)
    expect(outputs).toEqual({ results: 'greenbench-results/result.json' })
  })

  test('does not measure over the results that it is to compare with', async () => {
    const folder = folderWithModels('model.onnx')
    mkdirSync(join(folder, 'kept'))
    writeFileSync(join(folder, 'kept/result.json'), 'base')
    for (const base of ['kept/result.json', './kept']) {
      const inputs = { ...quick, model: 'model.onnx', 'base-results': base, results: 'kept' }
      const { code, said } = await runAction(folder, inputs)
      expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('base-results lies where results') })
    }
    expect(readFileSync(join(folder, 'kept/result.json'), 'utf8')).toBe('base')
  })

  test.each([
    ['a figure that there is not', { metric: 'latency.p51' }, 'did you mean latency.p50?'],
    ['percent without their sign', { 'max-regress': '5' }, 'did you mean 5%?'],
  ])('refuses %s before anything is measured', async (_what, inputs, hint) => {
    const folder = folderWithModels('base/model.onnx', 'model.onnx')
    const all = { ...quick, model: 'model.onnx', 'base-model': 'base/model.onnx', ...inputs }
    const { code, said } = await runAction(folder, all)
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(hint) })
    expect(readdirSync(join(folder, 'greenbench-results'))).toEqual([])
  })

  test('compares with earlier results', async () => {
    const folder = folderWithModels('model.onnx')
    expect((await runAction(folder, { ...quick, model: 'model.onnx', results: 'earlier' })).code).toBe(0)
    const again = join(folder, 'again')
    mkdirSync(again)
    // A figure that is exact: a machine that stands still may leave too few windows to tell of others.
    const inputs = {
      ...{ ...quick, metric: 'parameters' },
      ...{ model: '../model.onnx', 'base-results': '../earlier/result.json' },
    }
    const { code, summary } = await runAction(again, inputs)
    expect(code).toBe(0)
    expect(summary).toContain('no regression')
  })

  test('takes names as names, whatever stands in them', async () => {
    const name = '-$(touch pwned) `touch pwned`; touch pwned "a\' b.onnx'
    const folder = folderWithModels(name, 'base.onnx')
    const { code } = await runAction(folder, {
      ...quick,
      model: name,
      'base-model': 'base.onnx',
      results: '$(touch pwned)',
    })
    expect(code).toBe(0)
    expect(existsSync(join(folder, 'pwned'))).toBe(false)
  })

  test('fails with the code of greenbench when the model cannot be measured', async () => {
    const { code, said } = await runAction(temporaryFolder(), { ...quick, model: 'none.onnx' })
    expect(code).toBe(1)
    expect(said).toContain('none.onnx does not exist')
  })
})
