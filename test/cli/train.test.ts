import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { TrainingRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import { CHECKOUT, EXAMPLE_IMAGES, EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { temporaryFolder as sharedFolder } from '../helpers/temporary-folder.js'

const QUICK = ['--batch-size', '16', '--learning-rate', '0.003', '--profiler', 'none']
const FROM_SCRATCH = [EXAMPLE_MODEL, '--images', EXAMPLE_IMAGES, '--from-scratch', ...QUICK]

function recordIn(text: string): TrainingRecord {
  const record = parseRecord(JSON.parse(text))
  if (record.kind !== 'training') throw new Error(`a record of ${record.kind}`)
  return record
}

async function train(...args: string[]): Promise<TrainingRecord> {
  const { code, stdout, stderr } = await runCli(['train', ...args, '--quiet', '--json', '-'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return recordIn(stdout)
}

/** The example images in two folders: the last 8 of each class to test on, the others to learn from. */
function twoFolders(): { readonly images: string; readonly validation: string } {
  const folder = temporaryFolder()
  const [images, validation] = [join(folder, 'images'), join(folder, 'validation')]
  for (const name of readdirSync(EXAMPLE_IMAGES)) {
    const files = readdirSync(join(EXAMPLE_IMAGES, name)).sort()
    for (const [index, file] of files.entries()) {
      const target = join(index < 32 ? images : validation, name)
      mkdirSync(target, { recursive: true })
      cpSync(join(EXAMPLE_IMAGES, name, file), join(target, file))
    }
  }
  return { images, validation }
}

describe('from random weights', () => {
  test('the example model learns to name 95% of images it has not seen; its file does so too', async () => {
    const { images, validation } = twoFolders()
    const save = join(temporaryFolder(), 'trained.onnx')
    const stop = ['--epochs', '30', '--until-accuracy', '95%']
    const folders = ['--images', images, '--validation', validation]
    const record = await train(EXAMPLE_MODEL, ...folders, '--from-scratch', ...QUICK, ...stop, '--save', save)
    expect(record.epochs[0]?.validation?.accuracy).toBeLessThan(0.7)
    expect(record.target?.isReached).toBe(true)
    expect(record.accuracy).toMatchObject({ top1: expect.closeTo(0.975, 1), count: 48, of: 'validation' })
    const quiet = ['--quiet', '--profiler', 'none', '--max-duration', '100ms', '--json', '-']
    const { stdout } = await runCli([save, '--images', validation, ...quiet])
    expect(JSON.parse(stdout).accuracy.top1).toBe(record.accuracy?.top1)
  })

  test('stopped and resumed, it takes the same steps as without a stop', async () => {
    const checkpoint = join(temporaryFolder(), 'run.ckpt')
    const whole = await train(...FROM_SCRATCH, '--epochs', '4', '--augment', 'flip,crop')
    await train(...FROM_SCRATCH, '--epochs', '2', '--augment', 'flip,crop', '--checkpoint', checkpoint)
    const rest = await train(...FROM_SCRATCH, '--epochs', '4', '--augment', 'flip,crop', '--resume', checkpoint)
    expect(rest.samples.losses).toEqual(whole.samples.losses.slice(2))
    expect(rest.epochs.map(({ validation }) => validation?.accuracy)).toEqual(
      whole.epochs.slice(2).map(({ validation }) => validation?.accuracy),
    )
  })
})

test('Ctrl-C ends with the record of what was done and the last whole epoch on the disk', async () => {
  const folder = temporaryFolder()
  const [save, json] = [join(folder, 'trained.onnx'), join(folder, 'result.json')]
  const { code, stderr } = await runCli(
    ['train', ...FROM_SCRATCH, '--epochs', '5000', '--save', save, '--json', json],
    {
      onStart: (child) => {
        let said = ''
        const listen = (text: string) => {
          said += text
          if (!said.includes('epoch 2/5000')) return
          // Once: a second one quits at once.
          child.stderr?.off('data', listen)
          child.kill('SIGINT')
        }
        child.stderr?.on('data', listen)
      },
    },
  )
  expect(code).toBe(130)
  expect(stderr).toContain('interrupted: keeping the last whole epoch')
  const record = recordIn(readFileSync(json, 'utf8'))
  expect(record.complete).toBe(false)
  expect(record.epochs.filter(({ complete }) => complete).length).toBeGreaterThan(1)
  expect(record.files.model).toBe(save)
  expect(existsSync(save)).toBe(true)
})

test('events come as lines of JSON that end in the record', async () => {
  const { code, stdout } = await runCli(['train', ...FROM_SCRATCH, '--epochs', '2', '--events', '-'])
  expect(code).toBe(0)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events[0]).toMatchObject({ event: 'start', model: 'shapes' })
  expect(events.filter(({ event }) => event === 'epoch').map(({ row }) => row.epoch)).toEqual([1, 2])
  expect(events.some(({ event, phase, loss }) => event === 'progress' && phase === 'training' && loss > 0)).toBe(true)
  const last = events.at(-1)
  expect(last.event).toBe('end')
  expect(parseRecord(last.record)).toMatchObject({
    ...{ kind: 'training', complete: true, engine: { name: 'onnxruntime gradient graph' } },
    versions: { onnxruntime: last.record.engine.version },
  })
})

test('a table is printed, a trace is replayed, and rows are written as CSV', async () => {
  const folder = temporaryFolder()
  const [trace, csv] = [join(folder, 'run.jsonl'), join(folder, 'epochs.csv')]
  const args = [EXAMPLE_MODEL, '--images', EXAMPLE_IMAGES, '--from-scratch', '--batch-size', '16', '--idle', '300ms']
  const { code, stdout } = await runCli(['train', ...args, '--epochs', '2', '--trace', trace, '--csv', csv])
  expect(code).toBe(0)
  expect(stdout).toMatch(/onnxruntime gradient graph/)
  expect(stdout).toMatch(/energy per 1,000 images|- energy: /)
  expect(readFileSync(csv, 'utf8').trimEnd().split('\r\n')).toHaveLength(3)
  const again = await runCli(['replay', trace, '--country', 'FR'])
  expect(again.code).toBe(0)
  // All but the CO2, on whose width that of the columns depends.
  const figures = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^ +[12] |^step|^throughput/.test(line))
      .map((line) => line.trim().split(/ {2,}/).slice(0, 8))
  expect(figures(again.stdout)).toEqual(figures(stdout))
})

test('a format that brings its own trainer is trained the same way', async () => {
  const examples = join(CHECKOUT, 'docs', 'examples')
  const record = await train(
    ...[join(examples, 'shapes.linear.json'), '--plugin', join(examples, 'linear-format.js')],
    ...['--images', EXAMPLE_IMAGES, '--profiler', 'none', '--normalize', '0.5,0.5', '--epochs', '3'],
    ...['--optimizer', 'sgd', '--momentum', '0'],
  )
  expect(record).toMatchObject({ engine: { name: 'linear-json trainer' }, complete: true })
  expect(record.epochs.at(-1)?.training.loss).toBeLessThan(record.epochs[0]?.training.loss ?? 0)
})

describe('what cannot be', () => {
  const one = sharedFolder()
  cpSync(join(EXAMPLE_IMAGES, 'circle'), join(one, 'circle'), { recursive: true })
  test.each<[string, readonly string[], number, RegExp]>([
    ['no images', [], 2, /nothing to learn from/],
    ['a folder that is not there', ['--images', 'nowhere'], 2, /nowhere does not exist/],
    ['one class', ['--images', one], 2, /are of one class, circle/],
    ['images outside class folders', ['--images', join(one, 'circle')], 2, /lies in no class folder/],
    [
      'the model itself as the file to write',
      ['--images', EXAMPLE_IMAGES, '--save', EXAMPLE_MODEL],
      2,
      /--save .* would write over what is read/,
    ],
    ['a way to vary images that is none', ['--images', EXAMPLE_IMAGES, '--augment', 'flop'], 2, /there is no "flop"/],
    ['momentum for Adam', ['--images', EXAMPLE_IMAGES, '--momentum', '0.9'], 2, /momentum belongs to sgd/],
    [
      'label smoothing for another loss',
      ['--images', EXAMPLE_IMAGES, '--loss', 'mean-squared-error', '--label-smoothing', '0.1'],
      2,
      /label smoothing belongs to softmax-cross-entropy, not to mean-squared-error/,
    ],
    ['a profiler that is not there', ['--images', EXAMPLE_IMAGES, '--profiler', 'nothing'], 2, /nothing/],
    ['no checkpoint', ['--images', EXAMPLE_IMAGES, '--resume', EXAMPLE_MODEL], 1, /is no checkpoint/],
    ['more classes than outputs', ['--images', EXAMPLE_IMAGES, '--classes', '3'], 2, /6 class folders for 3 classes/],
    [
      'a learning rate beyond all bounds',
      ['--images', EXAMPLE_IMAGES, '--learning-rate', '1e6', '--optimizer', 'sgd', '--profiler', 'none', '--quiet'],
      1,
      /does not converge/,
    ],
    [
      'an accuracy that is not reached',
      ['--images', EXAMPLE_IMAGES, '--epochs', '1', '--from-scratch', '--until-accuracy', '100%', '--profiler', 'none'],
      3,
      /^/,
    ],
  ])('%s ends in one clear line and its exit code', async (_, args, code, said) => {
    const result = await runCli(['train', EXAMPLE_MODEL, ...args])
    expect(result.stderr).toMatch(said)
    expect(result.stderr).not.toMatch(/\n {4}at |unexpected/)
    expect(result.code).toBe(code)
  })
})
