/** Makes folders of JPEGs of usual sizes from photographs, all different and the same on every run. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const PHOTOS = [
  'skimage/astronaut.png',
  'skimage/chelsea.png',
  'sharp/320x240.jpg',
  'sharp/Landscape_3.jpg',
  'sharp/4.webp',
]
const FOLDER = fileURLToPath(new URL('../../shared/data/images/', import.meta.url))

/** Sizes of ImageNet's photographs, of old cameras, of screens and of phones. */
export const SETS = [
  { name: '500x375', width: 500, height: 375, count: 256 },
  { name: '640x480', width: 640, height: 480, count: 256 },
  { name: '1920x1080', width: 1920, height: 1080, count: 64 },
  { name: '4032x3024', width: 4032, height: 3024, count: 12 },
]

/** Where there is no photograph: soft waves, which compress about as well as one. */
function waves() {
  const [width, height] = [640, 480]
  const data = Buffer.alloc(width * height * 3)
  for (let index = 0; index < data.length; index++) {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)]
    data[index] = 128 + 60 * Math.sin(x / 9 + (index % 3)) * Math.cos(y / 13) + ((x * 7919 + y * 104729) % 40)
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

async function photographs() {
  const paths = PHOTOS.map((name) => join(FOLDER, name)).filter(existsSync)
  return paths.length > 0 ? paths : [await waves()]
}

/** @returns the folder with the set's JPEGs below `root`; made when it is not there */
export async function imageSet(root, { name, width, height, count }) {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length === count) return folder
  const sources = await photographs()
  for (let index = 0; index < count; index++) {
    const turn = Math.floor(index / sources.length) % 60
    const whole = sharp(sources[index % sources.length]).removeAlpha()
    const { width: w, height: h } = await sharp(sources[index % sources.length]).metadata()
    const bytes = await whole
      .extract({ left: turn, top: turn, width: w - 2 * turn, height: h - 2 * turn })
      .resize(width, height, { fit: 'fill' })
      .jpeg({ quality: index % 2 === 0 ? 75 : 90, chromaSubsampling: index % 3 === 0 ? '4:4:4' : '4:2:0' })
      .toBuffer()
    writeFileSync(join(folder, `${String(index).padStart(3, '0')}.jpg`), bytes)
  }
  return folder
}
