import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { refuseOverwriting, refuseReplacing } from '../../src/cli/overwriting.js'
import { fileSources, imageSources, modelSources, rankedSources, recordSources } from '../../src/cli/sources.js'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleInference } from '../helpers/sample-records.js'

const RECORD = JSON.stringify(sampleInference())

/** A folder with a record, the same by other names, a leaderboard and a model with its weights. */
function workplace(): (name: string) => string {
  const folder = realpathSync(temporaryFolder())
  const at = (name: string) => join(folder, name)
  mkdirSync(at('runs'))
  writeFileSync(at('runs/a.json'), RECORD)
  writeFileSync(at('runs/half.json'), RECORD.slice(0, 100))
  writeFileSync(at('runs/board.json'), JSON.stringify({ kind: 'leaderboard' }))
  writeFileSync(at('runs/report.html'), '<p>')
  symlinkSync('runs/a.json', at('link.json'))
  symlinkSync('runs', at('other'))
  linkSync(at('runs/a.json'), at('hard.json'))
  copyFileSync(EXAMPLE_MODEL, at('m.onnx'))
  writeFileSync(at('o.yaml'), 'top: 3\n')
  writeFileSync(at('m.onnx.data'), 'weights')
  writeFileSync(at('m.onnx.json'), RECORD)
  mkdirSync(at('saved'))
  writeFileSync(at('saved/saved_model.pb'), 'graph')
  writeFileSync(at('saved/run.json'), RECORD)
  mkdirSync(at('photos'))
  writeFileSync(at('photos/cat.PNG'), 'pixels')
  writeFileSync(at('photos/notes.json'), '{}')
  return at
}

describe('an output', () => {
  test.each([
    ['a file that is read', 'runs/a.json', 'runs/a.json'],
    ['it spelt otherwise', 'runs/../runs/./a.json', 'runs/a.json'],
    ['a link to it', 'link.json', 'runs/a.json'],
    ['it by another of its names', 'hard.json', 'runs/a.json'],
    ['it where the link was named', 'runs/a.json', 'link.json'],
    ['a record in a folder', 'runs/a.json', 'runs'],
    ['a record in a folder, by a link to the folder', 'other/a.json', 'runs'],
    ['half a record in a folder', 'runs/half.json', 'runs'],
  ])('may not be %s', async (_what, output, source) => {
    const at = workplace()
    await expect(refuseOverwriting({ '-o': at(output) }, recordSources([at(source)]))).rejects.toMatchObject({
      code: 'E_OUTPUT_CHOICE',
      message: `-o ${at(output)} would write over what is read: ${at(source)}`,
    })
  })

  test.each([
    ['a file that is new', 'runs/new.json', 'runs'],
    ['an earlier page among records', 'runs/report.html', 'runs'],
    ['other JSON among records', 'runs/board.json', 'runs'],
    ['a file beside one that is read', 'm.onnx', 'runs/a.json'],
    ['standard output', '-', 'runs'],
  ])('may be %s', async (_what, output, source) => {
    const at = workplace()
    const outputs = { '-o': output === '-' ? output : at(output) }
    await expect(refuseOverwriting(outputs, recordSources([at(source)]))).resolves.toBeUndefined()
  })

  test('may be a pipe that is read too, which nothing is lost of', async () => {
    const pipe = workplace()('pipe')
    execFileSync('mkfifo', [pipe])
    await expect(refuseOverwriting({ '-o': pipe }, fileSources([pipe]))).resolves.toBeUndefined()
  })

  test('may be a leaderboard among the runs that it is built of, but none of the runs', async () => {
    const at = workplace()
    const sources = rankedSources([at('runs'), at('runs/board.json')])
    await expect(refuseOverwriting({ '-o': at('runs/board.json') }, sources)).resolves.toBeUndefined()
    await expect(refuseOverwriting({ '-o': at('runs/a.json') }, sources)).rejects.toThrow('would write over')
  })

  test.each([
    ['m.onnx', 'm.onnx', true],
    ['m.onnx.data', 'm.onnx', true],
    ['m.onnx.json', 'm.onnx', false],
    ['saved/saved_model.pb', 'saved', true],
    ['saved/run.json', 'saved', false],
  ])('%s belongs to the model %s: %s', async (output, model, isRefused) => {
    const at = workplace()
    const tried = refuseOverwriting({ '--csv': at(output) }, modelSources([at(model)]))
    await (isRefused ? expect(tried).rejects.toThrow('would write over') : expect(tried).resolves.toBeUndefined())
  })

  test('may not be an image that is read', async () => {
    const at = workplace()
    const sources = imageSources([at('photos'), undefined])
    await expect(refuseOverwriting({ '--csv': at('photos/cat.PNG') }, sources)).rejects.toThrow('would write over')
    await expect(refuseOverwriting({ '--csv': at('photos/notes.json') }, sources)).resolves.toBeUndefined()
  })
})

describe('a folder of pages', () => {
  test('may not hold what they are made of', async () => {
    const at = workplace()
    const tried = refuseReplacing('-o', at('other'), [at('m.onnx'), at('runs/a.json')])
    await expect(tried).rejects.toMatchObject({ code: 'E_OUTPUT_CHOICE' })
    await expect(refuseReplacing('-o', at('runs'), [at('m.onnx')])).resolves.toBeUndefined()
    await expect(refuseReplacing('-o', at('new'), [at('runs')])).resolves.toBeUndefined()
  })
})

describe('two outputs', () => {
  test.each([
    ['of one name', 'x.svg', 'x.svg'],
    ['of one name, spelt otherwise', 'x.svg', 'runs/../x.svg'],
    ['of one file in a linked folder', 'runs/x.svg', 'other/x.svg'],
    ['that are a file and a link to it', 'runs/a.json', 'link.json'],
  ])('%s are refused', async (_what, one, other) => {
    const at = workplace()
    await expect(refuseOverwriting({ '-o': at(one), '--badge': at(other) }, [])).rejects.toMatchObject({
      code: 'E_OUTPUT_CHOICE',
      message: `-o and --badge cannot both go to ${at(other)}`,
    })
  })

  test('of different files are fine', async () => {
    const at = workplace()
    await expect(
      refuseOverwriting({ '-o': at('x.svg'), '--badge': at('y.svg'), '--json': undefined }, []),
    ).resolves.toBeUndefined()
  })
})

describe('no command writes over what it reads', () => {
  test.each([
    ['report', ['report', 'runs', '-o', 'runs/a.json']],
    ['label', ['label', 'runs/a.json', '-o', 'a.svg', '--badge', './a.svg']],
    ['statement', ['statement', 'runs', '-o', 'link.json']],
    ['export', ['export', 'runs/a.json', '--to', 'csv', '-o', 'hard.json']],
    ['compare', ['compare', 'runs/a.json', 'm.onnx.json', '--junit', 'm.onnx.json']],
    ['leaderboard build', ['leaderboard', 'build', 'runs', '-o', 'runs/a.json']],
    ['leaderboard add', ['leaderboard', 'add', 'runs/board.json', 'runs', '-o', 'runs/a.json']],
    ['leaderboard merge', ['leaderboard', 'merge', 'runs/board.json', '-o', 'runs/board.json']],
    ['leaderboard validate', ['leaderboard', 'validate', 'runs/board.json', '--json', 'runs/board.json']],
    ['leaderboard diff', ['leaderboard', 'diff', 'link.json', 'm.onnx', '--markdown', 'runs/a.json']],
    ['carbon what-if', ['carbon', 'what-if', 'runs/a.json', '--countries', 'FR', '--json', 'link.json']],
    ['replay', ['replay', 'runs/a.json', '--csv', 'runs/a.json']],
    ['inspect', ['inspect', 'm.onnx', '--csv', 'm.onnx']],
    ['convert', ['convert', 'm.onnx', 'n.onnx', '--json', 'm.onnx.data']],
    ['the main job', ['m.onnx', '--synthetic', '--trace', 'm.onnx.data']],
    ['a command that reads its options from a file', ['inspect', 'm.onnx', '--config', 'o.yaml', '--csv', './o.yaml']],
    ['train', ['train', 'm.onnx', '--images', 'photos', '--save', 'm.onnx']],
  ])('%s', async (_name, args) => {
    const at = workplace()
    const before = statSync(at('runs/a.json')).mtimeMs
    const { code, stderr } = await runCli(args, { folder: at('.') })
    expect(stderr).toMatch(/^greenbench: .*(would write over what is read: |cannot both go to ).*\n {2}hint: .*\n$/)
    expect(code).toBe(2)
    expect(readFileSync(at('runs/a.json'), 'utf8')).toBe(RECORD)
    expect(statSync(at('runs/a.json')).mtimeMs).toBe(before)
  })
})
