/**
 * What each setting of sharp costs or saves on one JPEG after the other, as a ratio to the same base.
 *
 *   node perf/images-sharp.mjs [--rounds 15] [--set 500x375]
 *
 * Every round runs all variants once, in an order that moves on by one each round; the ratio of each to the base of its
 * round is kept, and median and quartiles of all rounds are printed. `control` is the base again: what it is off 1, and
 * how far its quartiles lie apart, is noise, and no smaller difference means anything.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { imageSet, SETS } from './image-sets.mjs'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, set: { type: 'string', default: '500x375' } },
})
const set = SETS.find(({ name }) => name === values.set)
if (set === undefined) throw new Error(`no set ${values.set}; there are ${SETS.map(({ name }) => name).join(', ')}`)
const root = join(tmpdir(), 'greenbench-perf-images')
mkdirSync(root, { recursive: true })
const folder = await imageSet(root, set)
const paths = readdirSync(folder)
  .sort()
  .slice(0, 24)
  .map((name) => join(folder, name))
const files = paths.map((path) => readFileSync(path))

const SIZE = { width: Math.floor((256 * set.width) / set.height), height: 256 }
const CROP = { left: Math.floor((SIZE.width - 224) / 2), top: 16, width: 224, height: 224 }
const OPTIONS = { ignoreIcc: true, failOn: 'error', autoOrient: true, sequentialRead: true }
const RESIZE = { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }
const resized = (source, options = {}, resize = {}) =>
  sharp(source, { ...OPTIONS, ...options })
    .resize(SIZE.width, SIZE.height, { ...RESIZE, ...resize })
    .extract(CROP)
    .raw()
    .toBuffer()

async function inTwoPipelines(file) {
  const whole = await sharp(file, OPTIONS)
    .resize(SIZE.width, SIZE.height, RESIZE)
    .png({ compressionLevel: 0 })
    .toBuffer()
  return sharp(whole).extract(CROP).raw().toBuffer()
}

async function withSetting(change, back, run) {
  change()
  try {
    return await run()
  } finally {
    back()
  }
}

const VARIANTS = {
  base: (file) => resized(file),
  control: (file) => resized(file),
  'sequentialRead: false': (file) => resized(file, { sequentialRead: false }),
  'autoOrient: false': (file) => resized(file, { autoOrient: false }),
  'failOn: none': (file) => resized(file, { failOn: 'none' }),
  'unlimited: true': (file) => resized(file, { unlimited: true }),
  'ignoreIcc: false': (file) => resized(file, { ignoreIcc: false }),
  'cache(true)': (file) =>
    withSetting(
      () => sharp.cache(true),
      () => sharp.cache(false),
      () => resized(file),
    ),
  'concurrency(2)': (file) =>
    withSetting(
      () => sharp.concurrency(2),
      () => sharp.concurrency(1),
      () => resized(file),
    ),
  'simd(false)': (file) =>
    withSetting(
      () => sharp.simd(false),
      () => sharp.simd(true),
      () => resized(file),
    ),
  'path instead of bytes': (_, path) => resized(path),
  'fastShrinkOnLoad: true': (file) => resized(file, {}, { fastShrinkOnLoad: true }),
  'kernel: cubic': (file) => resized(file, {}, { kernel: 'cubic' }),
  'kernel: lanczos3 (default)': (file) => resized(file, {}, { kernel: 'lanczos3' }),
  'two pipelines': (file) => inTwoPipelines(file),
  'raw pixels, no resize': (file) => sharp(file, OPTIONS).raw().toBuffer(),
  'metadata() only': (file) => sharp(file, OPTIONS).metadata(),
}

/** @returns CPU milliseconds an image */
async function measure(run) {
  await run(files[0], paths[0])
  const start = process.cpuUsage()
  for (const [index, file] of files.entries()) await run(file, paths[index])
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / files.length
}

const quantile = (numbers, share) => numbers.toSorted((a, b) => a - b)[Math.floor(share * (numbers.length - 1))]

sharp.cache(false)
sharp.concurrency(1)
const names = Object.keys(VARIANTS)
const rounds = []
for (let round = 0; round < Number(values.rounds); round++) {
  const row = {}
  for (let index = 0; index < names.length; index++) {
    const name = names[(index + round) % names.length]
    row[name] = await measure(VARIANTS[name])
  }
  rounds.push(row)
}
console.log(`${set.name}, ${rounds.length} rounds of ${files.length} images; CPU time`)
for (const name of names) {
  const ratios = rounds.map((row) => row[name] / row.base)
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2))
  const milliseconds = quantile(
    rounds.map((row) => row[name]),
    0.5,
  ).toFixed(2)
  console.log(`  ${name.padEnd(28)} ${milliseconds.padStart(6)} ms  ${middle}x  (${low} to ${high})`)
}
