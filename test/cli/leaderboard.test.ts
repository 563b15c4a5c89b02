import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { CHECKOUT, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { comparisonOf } from '../helpers/sample-comparison.js'
import { sampleInspection } from '../helpers/sample-records.js'
import { type RunFacts, sampleRecord } from '../helpers/sample-runs.js'

/** A folder with results as people have them: in folders, in lists, copied, damaged and foreign. */
function resultsFolder(): string {
  const folder = temporaryFolder()
  const results = join(folder, 'results')
  mkdirSync(join(results, 'more'), { recursive: true })
  const write = (name: string, content: unknown) =>
    writeFileSync(join(results, name), typeof content === 'string' ? content : JSON.stringify(content))
  const record = (facts: RunFacts) => sampleRecord(facts)
  write('a.json', record({ id: 'a', joules: 0.5 }))
  write('more/list.json', [record({ id: 'b', model: 'other', joules: 0.1 }), record({ id: 'c', batchSize: 8 })])
  write('more/copy.json', record({ id: 'a', joules: 0.5 }))
  write('inspection.json', sampleInspection())
  write('killed.json', { ...record({ id: 'd' }), complete: false })
  write('broken.json', '{"schemaVersion": 1')
  write('package.json', { name: 'foreign' })
  write('later.json', { ...record({ id: 'e' }), schemaVersion: 99 })
  write('hostile.json', record({ id: 'f', model: '<img src=x onerror=alert(1)>\u001b[31m\u202e', joules: 2 }))
  write('notes.txt', 'not looked at')
  return folder
}

const build = async (folder: string, ...more: readonly string[]) => {
  const result = await runCli(['leaderboard', 'build', 'results', '-o', 'board.json', ...more], { folder })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  return { ...result, board: JSON.parse(readFileSync(join(folder, 'board.json'), 'utf8')) }
}

describe('greenbench leaderboard', () => {
  test('builds what fits its published schema, and says what is not in it', async () => {
    const folder = resultsFolder()
    const { board, stdout } = await build(folder, '--title', 'Classifiers', '--date', '2026-03-01')
    const { stdout: schema } = await runCli(['leaderboard', 'schema'])
    const ajv = new Ajv()
    addFormats.default(ajv)
    expect(ajv.validate(JSON.parse(schema), board)).toBe(true)
    expect(board.edition).toMatchObject({ name: '2026', title: 'Classifiers', date: '2026-03-01' })
    expect(board.leftOut).toEqual([
      { path: 'results/broken.json', code: 'unreadable', reason: 'not JSON' },
      {
        path: 'results/inspection.json',
        id: expect.any(String),
        code: 'inspection',
        reason: 'inspection records are not ranked',
      },
      { path: 'results/killed.json', id: 'd', code: 'incomplete', reason: 'the run did not come to its end' },
      { path: 'results/later.json', code: 'unreadable', reason: expect.stringContaining('99') },
      { path: 'results/more/copy.json', id: 'a', code: 'duplicate', reason: 'the same record as in results/a.json' },
      { path: 'results/package.json', code: 'unreadable', reason: expect.stringContaining('not a valid record') },
    ])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    expect(stdout).toContain('left out: 6')
  })

  test('leaves out records that contradict themselves, that no machine makes, and that are no JSON', async () => {
    const folder = resultsFolder()
    const write = (name: string, content: unknown) =>
      writeFileSync(join(folder, 'results', name), typeof content === 'string' ? content : JSON.stringify(content))
    const fresh = (id: string) => sampleRecord({ id, model: id })
    const swapped = fresh('swapped')
    Object.assign(swapped.energy ?? {}, { perInference: { joules: 1, low: 2, high: 0.5 } })
    const negative = fresh('negative')
    Object.assign(negative.throughput ?? {}, { imagesPerSecond: -5, low: -6, high: -4 })
    const grams = fresh('grams')
    Object.assign(grams.carbon?.perInference ?? {}, { grams: -5, low: -6, high: -4 })
    const cheat = fresh('cheat')
    Object.assign(cheat.energy ?? {}, { perInference: { joules: 0.05, low: 0.04, high: 0.06 } })
    const efficient = fresh('efficient')
    Object.assign(efficient.carbon ?? {}, { pue: 0.9 })
    write('x-throughput.json', negative)
    write('x-grams.json', grams)
    write('x-cheat.json', cheat)
    write('x-pue.json', efficient)
    write('x-percent.json', { ...fresh('percent'), accuracy: { top1: 99.2, count: 100 } })
    write('x-swapped.json', swapped)
    write('x-0.json', [])
    write('x-board.json', { kind: 'leaderboard', leaderboardVersion: 1 })
    write('x-bom.json', `\uFEFF${JSON.stringify(sampleRecord({ id: 'bom' }))}`)
    write('x-tiny.json', sampleRecord({ id: 'tiny', joules: 5e-324 }))
    write('x-huge.json', sampleRecord({ id: 'huge-joules', joules: 1e300 }))
    write('x-latency.json', { ...fresh('latency'), latency: { ...fresh('latency').latency, mean: 1e308, high: 1e308 } })
    const latencies = JSON.stringify(fresh('latencies'))
    write('x-commas.json', latencies.replace('"latencySeconds":[', '"latencySeconds":[,,1e999 -- ..5,'))
    write('x-endless.json', latencies.replace('"latencySeconds":[', '"latencySeconds":[1e999,'))
    write('x-negative.json', latencies.replace('"latencySeconds":[', '"latencySeconds":[-1,'))
    const { board } = await build(folder)
    const reasons = (board.leftOut as { path: string; code: string; reason: string }[])
      .filter(({ path }) => path.includes('/x-'))
      .map(({ path, code, reason }) => `${path.slice('results/x-'.length)} ${code}: ${reason}`)
    expect(board.runs.map(({ id }: { id: string }) => id)).toContain('bom')
    expect(reasons).toEqual([
      '0.json unreadable: the list holds no record',
      'board.json unreadable: not a valid record: it is a leaderboard, made of records',
      expect.stringMatching(
        /^cheat.json contradiction: .*energy.perInference.joules is 0.05, but energy.gross.joules is/,
      ),
      'commas.json unreadable: not JSON',
      expect.stringContaining('endless.json unreadable: not a valid record: samples.latencySeconds.0'),
      'grams.json implausible: carbon.perInference.grams is -5, which no machine has',
      'huge.json implausible: energy.perInference.joules is 1e+300, which no machine has',
      'latency.json implausible: latency.mean is 1e+308, which no machine has',
      expect.stringContaining('negative.json unreadable: not a valid record: samples.latencySeconds.0'),
      expect.stringContaining('percent.json contradiction: the record contradicts itself: accuracy.top1'),
      'pue.json unreadable: not a valid record: carbon.pue must be >= 1',
      expect.stringContaining('swapped.json contradiction: the record contradicts itself: energy.perInference.low'),
      'throughput.json implausible: throughput.imagesPerSecond is -5, which no machine has',
      'tiny.json implausible: energy.perInference.joules is 5e-324, which no machine has',
    ])
    expect(await runCli(['leaderboard', 'validate', 'board.json'], { folder })).toMatchObject({ code: 0 })
  })

  test('names raw files from where it is written, and says which are not there', async () => {
    const folder = resultsFolder()
    await build(folder)
    await runCli(['leaderboard', 'build', 'results/more', '-o', 'results/board.json'], { folder })
    mkdirSync(join(folder, 'deep/er'), { recursive: true })
    const merge = ['leaderboard', 'merge', 'board.json', 'results/board.json', '-o', 'deep/er/all.json']
    expect(await runCli(merge, { folder })).toMatchObject({ code: 0, stderr: '' })
    const { runs } = JSON.parse(readFileSync(join(folder, 'deep/er/all.json'), 'utf8'))
    const paths = runs.map(({ raw }: { raw: { path: string } }) => raw.path)
    expect(new Set(paths)).toContain('../../results/more/list.json')
    expect(paths.every((path: string) => path.startsWith('../../results/'))).toBe(true)
    const add = ['leaderboard', 'add', 'board.json', 'results/more', '-o', 'deep/added.json']
    expect(await runCli(add, { folder })).toMatchObject({ code: 0, stderr: '' })
    rmSync(join(folder, 'results/more/list.json'))
    const { stderr } = await runCli(merge, { folder })
    expect(stderr).toContain('warning: 1 file that runs are from is not where the leaderboard says')
  })

  test('marks the rows that a note is about', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'results'))
    const wide = sampleRecord({ id: 'a', model: 'wide', relative: 0.3 })
    writeFileSync(join(folder, 'results/all.json'), JSON.stringify([wide, sampleRecord({ id: 'b', model: 'sure' })]))
    const { stdout } = await build(folder)
    expect(stdout).toMatch(/^ *- \[1\] +wide/m)
    expect(stdout).toMatch(/^ *1 +sure/m)
    expect(stdout).toContain('[1] not ranked: the interval reaches 30%')
  })

  test('ranks the runs of several models that ran in turn, and a label can be drawn of each', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'results'))
    const runs = ['resnet18', 'mobilenet'].map((model, index) => sampleRecord({ id: model, model, joules: 1 + index }))
    const broken = { ...sampleRecord({ id: 'broken', model: 'vgg' }), complete: false }
    writeFileSync(join(folder, 'results/three.json'), JSON.stringify(comparisonOf([...runs, broken])))
    const { board } = await build(folder)
    expect(board.runs.map(({ id }: { id: string }) => id).sort()).toEqual(['mobilenet', 'resnet18'])
    expect(board.leftOut).toEqual([
      { path: 'results/three.json', id: 'broken', code: 'incomplete', reason: 'the run did not come to its end' },
    ])
    const label = ['label', 'results/three.json', '-o', 'label.svg']
    const undecided = await runCli(label, { folder })
    expect(undecided).toMatchObject({ code: 2, stderr: expect.stringContaining('holds 3 runs, of batch size 1: ') })
    expect(undecided.stderr).toContain('choose one with --model "resnet18 resnet18"')
    for (const model of ['mobilenet', 'mobilenet mobilenet']) {
      const { code, stdout } = await runCli([...label, '--model', model], { folder })
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^mobilenet: grade/)])
    }
  })

  test('names each raw file with the digest that sha256sum gives', async () => {
    const folder = resultsFolder()
    const { board } = await build(folder)
    for (const { raw } of board.runs) {
      const [digest] = execFileSync('sha256sum', [join(folder, raw.path)], { encoding: 'utf8' }).split(' ')
      expect(raw.sha256).toBe(digest)
    }
    expect(board.runs.map(({ raw }: { raw: { index: number } }) => raw.index).sort()).toEqual([0, 0, 0, 1])
  })

  test('gives the same bytes again, also when the leaderboard lies among the results', async () => {
    const folder = resultsFolder()
    const args = ['leaderboard', 'build', 'results', '-o', 'results/board.json', '--quiet']
    await runCli(args, { folder })
    const first = readFileSync(join(folder, 'results/board.json'), 'utf8')
    expect(await runCli(args, { folder })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(folder, 'results/board.json'), 'utf8')).toBe(first)
  })

  test('takes the date that reproducible builds agree on, and none of today', async () => {
    const folder = resultsFolder()
    const dated = async (environment: Record<string, string>) => {
      const { stdout } = await runCli(['leaderboard', 'build', 'results'], { folder, environment })
      return JSON.parse(stdout).edition.date
    }
    expect(await dated({})).toBeUndefined()
    expect(await dated({ SOURCE_DATE_EPOCH: '1767225600' })).toBe('2026-01-01')
  })

  test('adds and merges to what building at once gives', async () => {
    const folder = resultsFolder()
    const { stdout: whole } = await runCli(['leaderboard', 'build', 'results/a.json', 'results/more/list.json'], {
      folder,
    })
    await runCli(['leaderboard', 'build', 'results/a.json', '-o', 'one.json'], { folder })
    await runCli(['leaderboard', 'build', 'results/more/list.json', '-o', 'two.json'], { folder })
    const { stdout: merged } = await runCli(['leaderboard', 'merge', 'two.json', 'one.json'], { folder })
    await runCli(['leaderboard', 'add', 'one.json', 'results/more/list.json'], { folder })
    expect([merged, readFileSync(join(folder, 'one.json'), 'utf8')]).toEqual([whole, whole])
  })

  test('loses no run where two add to one leaderboard at once', async () => {
    const folder = resultsFolder()
    await runCli(['leaderboard', 'build', 'results/a.json', '-o', 'one.json'], { folder })
    const added = ['results/more/list.json', 'results/hostile.json'].map((path) =>
      runCli(['leaderboard', 'add', 'one.json', path], { folder }),
    )
    expect((await Promise.all(added)).map(({ code }) => code)).toEqual([0, 0])
    const board = JSON.parse(readFileSync(join(folder, 'one.json'), 'utf8'))
    expect(board.runs.map(({ id }: { id: string }) => id).sort()).toEqual(['a', 'b', 'c', 'f'])
    expect(readdirSync(folder).sort()).toEqual(['one.json', 'results'])
  })

  test('finds a rank that was touched up', async () => {
    const folder = resultsFolder()
    const { board } = await build(folder)
    expect(await runCli(['leaderboard', 'validate', 'board.json'], { folder })).toEqual({
      code: 0,
      stdout: 'board.json: valid\n',
      stderr: '',
    })
    const last = board.groups[0].entries.at(-1)
    const place = `$.groups[0].entries[${board.groups[0].entries.length - 1}].rank`
    const honest = last.rank
    last.rank = honest + 7
    writeFileSync(join(folder, 'board.json'), JSON.stringify(board))
    expect(await runCli(['leaderboard', 'validate', 'board.json'], { folder })).toEqual({
      code: 1,
      stdout: `board.json: ${place} is ${honest + 7}, the runs give ${honest}\n`,
      stderr: '',
    })
  })

  test('tells what changed, as text, JSON and Markdown without markup of others', async () => {
    const folder = resultsFolder()
    await runCli(['leaderboard', 'build', 'results/a.json', '-o', 'old.json'], { folder })
    await build(folder)
    const args = ['leaderboard', 'diff', 'old.json', 'board.json']
    const { stdout: text } = await runCli(args, { folder })
    const { stdout: json } = await runCli([...args, '--json', '-'], { folder })
    const { stdout: markdown } = await runCli([...args, '--markdown', '-'], { folder })
    expect(text).toMatch(/changed +resnet18 +1 → 2/)
    const groups: { new: { name: string }[] }[] = JSON.parse(json)
    expect(groups.flatMap((group) => group.new.map(({ name }) => name))).toContain('other')
    expect(markdown).toContain('| changed | resnet18 | 1 → 2 |')
    expect(markdown).not.toContain('<')
    expect(markdown).not.toContain('\u001b')
    expect(await runCli(['leaderboard', 'diff', 'board.json', 'board.json'], { folder })).toMatchObject({
      code: 0,
      stdout: 'no entry changed\n',
    })
  })

  test.each([
    [['build', 'nowhere'], 1, /nowhere: there is no such file or folder/],
    [['build', 'results/broken.json'], 1, /there is no run to rank: results\/broken.json: not JSON/],
    [['build'], 2, /missing required argument/],
    [['build', 'results', '--date', '2026-02-30'], 2, /--date: expected a day as YYYY-MM-DD, got "2026-02-30"/],
    [['validate', 'results/broken.json'], 1, /not JSON/],
    [['merge', 'results/a.json'], 1, /results\/a.json: \$(\.kind)? must/],
    [['rank', 'results'], 2, /unknown command 'rank'/],
  ] as const)('refuses %j with one line', async (args, code, message) => {
    const result = await runCli(['leaderboard', ...args], { folder: resultsFolder() })
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(message)
    expect(result.stderr.split('\n').length).toBeLessThanOrEqual(3)
  })

  test('has its schema in the package', () => {
    const { exports } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'))
    const schema = JSON.parse(readFileSync(join(CHECKOUT, exports['./leaderboard-schema']), 'utf8'))
    expect(schema).toMatchObject({ title: 'greenbench leaderboard', type: 'object' })
  })
})

describe('greenbench label', () => {
  test('draws a label and a badge, and says the grade', async () => {
    const folder = resultsFolder()
    const args = ['label', 'results/a.json', '-o', 'label.svg', '--badge', 'badge.svg']
    const { code, stdout } = await runCli(args, { folder })
    expect(code).toBe(0)
    expect(stdout).toContain('resnet18: grade E of edition 2026')
    for (const name of ['label.svg', 'badge.svg']) expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^<svg /)
  })

  test('draws pixels', async () => {
    const folder = resultsFolder()
    await runCli(['label', 'results/a.json', '-o', 'label.png', '--theme', 'dark'], { folder })
    expect(readFileSync(join(folder, 'label.png')).subarray(1, 4).toString()).toBe('PNG')
  })

  test.each([
    [['results/a.json'], 2, /where shall the label go/],
    [['results/a.json', '-o', 'label.gif'], 2, /as .svg or .png/],
    [['results/more/list.json', '-o', 'label.svg'], 2, /holds 2 runs, of batch sizes 1, 8/],
    [['results/inspection.json', '-o', 'label.svg'], 1, /no record of a timed run/],
    [['results/a.json', '-o', 'label.svg', '--accuracy', '70%'], 2, /needs its source/],
  ] as const)('refuses %j', async (args, code, message) => {
    const result = await runCli(['label', ...args], { folder: resultsFolder() })
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(message)
  })
})
