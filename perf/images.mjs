/**
 * How quickly image files become batches, against Pillow with torchvision and against sharp used plainly, and how
 * close their pixels are; then how long an inference that keeps the main thread busy has to wait for its images.
 *
 *   node perf/images.mjs [--rounds 9] [--threads 1,2] [--python /usr/bin/python3]
 *
 * All subjects take turns, so that a machine that others use disturbs all alike; medians count, and CPU time stands
 * beside wall time. Start-up (Python's imports, greenbench's threads) is in none of the figures. Run `npm run build`
 * first. Without Python, Pillow 9 and torchvision the peers that are left are compared.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { listImages, NORMALIZATIONS, prepareBatches } from '../dist/src/images/index.js'
import { imageSet, SETS } from './image-sets.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', default: existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3' },
  },
})
const ROUNDS = Number(values.rounds)
const SIDE = 224
const INPUT = {
  name: 'x',
  dtype: 'float32',
  layout: 'NCHW',
  channels: 3,
  channelOrder: 'RGB',
  height: SIDE,
  width: SIDE,
  fixedBatch: undefined,
  hasBatchAxis: true,
  hasChannelAxis: true,
  assumptions: [],
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** @returns a function that asks the Python process, or `undefined` where it cannot do the work */
async function openPillow() {
  const child = spawn(values.python, [fileURLToPath(new URL('images-pillow.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (order) => {
    child.stdin.write(`${JSON.stringify(order)}\n`)
    const { value, done } = await lines.next()
    return done ? undefined : JSON.parse(value)
  }
  child.stdin.on('error', () => {})
  ask.close = () => child.stdin.end()
  return ask
}

/** As most people would write it: libvips' own resize (Lanczos), pixels to floats on the main thread. */
async function plainSharp(folder, threads) {
  const paths = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
  const batch = new Float32Array(SIDE * SIDE * 3)
  const one = async (path) => {
    const pixels = await sharp(path)
      .resize(256, 256, { fit: 'outside' })
      .toBuffer({ resolveWithObject: true })
      .then(({ data, info }) => sharp(data).extract(center(info)).raw().toBuffer())
    toFloats(pixels, batch)
    return pixels
  }
  return measured(paths, threads, one)
}

/** Resized and cut in one pipeline, which is the best that sharp does by itself. */
async function tunedSharp(folder, threads) {
  const paths = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
  const batch = new Float32Array(SIDE * SIDE * 3)
  const one = async (path) => {
    const pixels = await sharp(path).resize(SIDE, SIDE, { kernel: 'linear' }).raw().toBuffer()
    toFloats(pixels, batch)
    return pixels
  }
  return measured(paths, threads, one)
}

const center = ({ width, height }) => ({
  left: Math.round((width - SIDE) / 2),
  top: Math.round((height - SIDE) / 2),
  width: SIDE,
  height: SIDE,
})

function toFloats(pixels, batch) {
  const { mean, standardDeviation } = NORMALIZATIONS.imagenet
  const count = pixels.length / 3
  for (let index = 0; index < count; index++) {
    for (let channel = 0; channel < 3; channel++) {
      batch[channel * count + index] = (pixels[index * 3 + channel] / 255 - mean[channel]) / standardDeviation[channel]
    }
  }
}

async function measured(paths, threads, one) {
  await one(paths[0])
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  let next = 0
  const worker = async () => {
    while (next < paths.length) await one(paths[next++])
  }
  await Promise.all(Array.from({ length: threads }, worker))
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, images: paths.length }
}

async function greenbench(folder, threads, decode) {
  const prepared = prepareBatches(await listImages(folder), INPUT, { batchSize: 32, threads, decode })
  for await (const _ of prepared);
  const { wallSeconds, cpuSeconds, prepared: images } = prepared.report
  return { seconds: wallSeconds, cpuSeconds, images }
}

/** 8-bit pixels `[images, 224, 224, 3]` as greenbench prepares them. */
async function greenbenchPixels(folder, decode) {
  const input = { ...INPUT, dtype: 'uint8', layout: 'NHWC' }
  const parts = []
  for await (const { tensor } of prepareBatches(await listImages(folder), input, { batchSize: 1, decode })) {
    parts.push(Buffer.from(tensor.data))
  }
  return Buffer.concat(parts)
}

function difference(one, other) {
  let [sum, most] = [0, 0]
  for (let index = 0; index < other.length; index++) {
    const step = Math.abs(one[index] - other[index])
    sum += step
    if (step > most) most = step
  }
  return `mean ${(sum / other.length).toFixed(3)}, max ${most} of 255`
}

async function compareSpeed(pillow, folder, threads) {
  const subjects = {
    'Pillow + torchvision': () => pillow({ folder, threads }),
    'sharp, plain': () => plainSharp(folder, threads),
    'sharp, one pipeline': () => tunedSharp(folder, threads),
    'greenbench, exact': () => greenbench(folder, threads, 'exact'),
    'greenbench, fast': () => greenbench(folder, threads, 'fast'),
  }
  const rows = new Map(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const row = await run()
      if (row !== undefined) rows.get(name).push(row)
    }
  }
  const [base = []] = rows.values()
  for (const [name, runs] of rows) {
    if (runs.length === 0) continue
    const rate = median(runs.map(({ seconds, images }) => images / seconds))
    const cpu = median(runs.map(({ cpuSeconds, images }) => (1000 * cpuSeconds) / images))
    const ratio = (value) =>
      median(runs.map((run, index) => (base[index] === undefined ? Number.NaN : value(run, base[index]))))
    const faster = ratio((run, peer) => peer.seconds / run.seconds)
    const cheaper = ratio((run, peer) => run.cpuSeconds / peer.cpuSeconds)
    console.log(
      `  ${name.padEnd(22)} ${rate.toFixed(0).padStart(5)} images/s  ${cpu.toFixed(2).padStart(6)} ms CPU an image` +
        `  ${faster.toFixed(2)}x the rate, ${cheaper.toFixed(2)}x the CPU time`,
    )
  }
}

/**
 * The taker blocks the main thread for as long as an inference would, batch after batch. All shares are printed, with the
 * spread of the waits: close to the speed of decoding it also counts whether the machine has a core left for it.
 */
async function compareWaiting(folder) {
  const listed = await listImages(folder)
  const many = Array.from({ length: 512 }, (_, index) => listed[index % listed.length])
  const threads = Math.max(1, availableParallelism() - 1)
  for (const share of [1.1, 1.25, 1.5, 2, 3, 5]) {
    // Measured anew each time, since a shared machine is not equally quick all the time.
    const alone = prepareBatches(many, INPUT, { batchSize: 16, threads })
    for await (const _ of alone);
    const busy = (share * 16 * 1000 * alone.report.wallSeconds) / many.length
    const prepared = prepareBatches(many, INPUT, { batchSize: 16, threads })
    const waits = []
    let asked
    for await (const _ of prepared) {
      if (asked !== undefined) waits.push(performance.now() - asked)
      const end = performance.now() + busy
      while (performance.now() < end);
      asked = performance.now()
    }
    const sorted = waits.toSorted((one, other) => one - other)
    const at = (part) => sorted[Math.floor(part * (sorted.length - 1))].toFixed(2)
    const total = (100 * waits.reduce((sum, wait) => sum + wait, 0)) / (busy * waits.length)
    console.log(
      `  inference of ${share}x the time of decoding (${busy.toFixed(0)} ms a batch of 16): ` +
        `waits of ${at(0.5)} ms (median), ${at(0.9)} ms (90%), ${total.toFixed(1)}% of all inference time`,
    )
  }
}

const root = join(tmpdir(), 'greenbench-perf-images')
mkdirSync(root, { recursive: true })
sharp.cache(false)
sharp.concurrency(1)
const pillow = await openPillow()
for (const set of SETS) {
  const folder = await imageSet(root, set)
  const path = join(root, `${set.name}.bin`)
  const hasPillow = (await pillow({ folder, threads: 1, pixels: path })) !== undefined
  if (hasPillow) {
    const peer = readFileSync(path)
    for (const decode of ['exact', 'fast']) {
      console.log(`${set.name}, ${decode} against Pillow: ${difference(await greenbenchPixels(folder, decode), peer)}`)
    }
  } else console.log('no Pillow with torchvision here: compared without it')
  for (const threads of values.threads.split(',').map(Number)) {
    console.log(`${set.count} JPEGs of ${set.name}, ${threads} thread${threads === 1 ? '' : 's'}`)
    await compareSpeed(pillow, folder, threads)
  }
}
console.log('waiting for images while inference keeps the main thread busy')
await compareWaiting(await imageSet(root, SETS[0]))
pillow.close()
