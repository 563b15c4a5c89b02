/**
 * Draws the example images: six classes of shapes in class folders, from a seed.
 *
 *   node examples/make-images.mjs [--out examples/images] [--seed 1] [--count 40]
 *
 * Shapes differ in size, place, colour, rotation and background; files differ in size, format and colour space.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'

/** Outlines in a square from -1 to 1, as SVG that is filled with `currentColor`. */
const SHAPES = {
  circle: () => '<circle r="0.9"/>',
  cross: () => polygon(crossPoints(0.28)),
  ring: () => '<circle r="0.72" fill="none" stroke="currentColor" stroke-width="0.36"/>',
  square: () => '<rect x="-0.78" y="-0.78" width="1.56" height="1.56"/>',
  star: () => polygon(starPoints(5, 0.38)),
  triangle: () => polygon(regularPoints(3)),
}

/** @returns a generator of numbers in [0, 1) that gives the same row for the same seed (mulberry32) */
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const polygon = (points) =>
  `<polygon points="${points.map((point) => point.map((x) => x.toFixed(3)).join()).join(' ')}"/>`

const onCircle = (turn, radius) => [radius * Math.sin(2 * Math.PI * turn), -radius * Math.cos(2 * Math.PI * turn)]

const regularPoints = (corners) => Array.from({ length: corners }, (_, i) => onCircle(i / corners, 1))

const starPoints = (rays, inner) =>
  Array.from({ length: 2 * rays }, (_, i) => onCircle(i / (2 * rays), i % 2 === 0 ? 1 : inner))

function crossPoints(half) {
  const arm = [
    [-half, -0.95],
    [half, -0.95],
    [half, -half],
  ]
  return [0, 1, 2, 3].flatMap((turns) => arm.map((point) => quarterTurns(point, turns)))
}

const quarterTurns = ([x, y], turns) => (turns === 0 ? [x, y] : quarterTurns([-y, x], turns - 1))

/** @returns a light colour for the shape and a dark one for the ground */
function colours(next) {
  const dark = Array.from({ length: 3 }, () => next() * 110)
  const light = Array.from({ length: 3 }, () => 145 + next() * 110)
  return [light, dark]
}

const rgb = (colour, change = 0) =>
  `rgb(${colour.map((c) => Math.round(Math.min(255, Math.max(0, c + change)))).join()})`

/** @returns one drawing as SVG text */
function draw(shape, width, height, next) {
  const [front, ground] = colours(next)
  const side = Math.min(width, height)
  const radius = side * (0.3 + 0.13 * next())
  const room = side / 2 - radius
  const [x, y] = [width / 2 + (2 * next() - 1) * room * 0.7, height / 2 + (2 * next() - 1) * room * 0.7]
  const turn = (2 * next() - 1) * 12
  const fade = next() < 0.5 ? 0 : 30
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="ground" x2="${next().toFixed(2)}" y2="1">
      <stop stop-color="${rgb(ground, -fade)}"/><stop offset="1" stop-color="${rgb(ground, fade)}"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#ground)"/>
    <g transform="translate(${x} ${y}) rotate(${turn}) scale(${radius})" fill="${rgb(front)}" color="${rgb(front)}">
      ${SHAPES[shape]()}
    </g></svg>`
}

/** How files are written, by turns: most are plain, some are what cameras and scanners make. */
const WRITERS = [
  { ending: 'png', write: (image) => image.png({ palette: true, compressionLevel: 9, effort: 10 }) },
  { ending: 'png', write: (image) => image.png({ compressionLevel: 9 }) },
  { ending: 'jpg', write: (image) => image.jpeg({ quality: 85 }) },
  { ending: 'png', write: (image) => image.greyscale().png({ compressionLevel: 9 }) },
  { ending: 'png', write: (image) => image.ensureAlpha(1).png({ compressionLevel: 9 }) },
  // Stored lying on its side; orientation 6 tells the reader to turn it by 90 degrees clockwise.
  { ending: 'jpg', write: (image) => image.rotate(270).jpeg({ quality: 85 }).withMetadata({ orientation: 6 }) },
]
/** Which writer the n-th image of a class uses: mostly the first three. */
const TURNS = [0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 0, 4, 2, 0, 5]

const SIZES = [32, 32, 40, 48]

async function writeImage(folder, shape, index, next) {
  const width = SIZES[Math.floor(next() * SIZES.length)]
  const height = next() < 0.8 ? width : width + 8
  const svg = Buffer.from(draw(shape, width, height, next))
  const writer = WRITERS[TURNS[index % TURNS.length]]
  const image = sharp(await sharp(svg).removeAlpha().raw().toBuffer(), { raw: { width, height, channels: 3 } })
  const name = `${shape}-${String(index).padStart(3, '0')}.${writer.ending}`
  await writeFile(join(folder, name), await writer.write(image).toBuffer())
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(dirname(fileURLToPath(import.meta.url)), 'images') },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '40' },
  },
})
const next = random(Number(values.seed))
for (const shape of Object.keys(SHAPES)) {
  const folder = join(values.out, shape)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < Number(values.count); index++) await writeImage(folder, shape, index, next)
}
