// A child process that makes damaged files one after the other, uses each, and writes to descriptor 3 what came of it.
import { createHash } from 'node:crypto'
import { mkdirSync, writeSync } from 'node:fs'
import { GreenbenchError, seededRandom } from '../dist/index.js'
import { BrokenImageError } from '../dist/src/images/decode-image.js'
import { chanceOf } from './chance.mjs'
import { DRILLS, KINDS } from './kinds.mjs'

const [name, seed, from, to, folder] = process.argv.slice(2)
const kind = [...KINDS, ...DRILLS].find((candidate) => candidate.name === name)
const seeds = kind.seeds()
mkdirSync(folder, { recursive: true })
const whole = await readable(seeds.slice(0, 8))
for (let index = Number(from); index < Number(to); index += 1) {
  tell({ index })
  const path = makeFile(index)
  tell({ index })
  const start = performance.now()
  const finding = await use(path)
  tell({ index, finding, seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS * 1024 })
}
for (const path of whole) {
  // What came before must not keep whole files from being read.
  if (!(await use(path)).isRead)
    tell({ index: Number(to) - 1, lasting: `${path} is read before damaged files, and not after` })
}
// Node 24 now and then hangs in `exit` after WebAssembly has run; the parent ends what has said this.
tell({ isDone: true })
process.exit(0)

async function readable(paths) {
  const found = []
  for (const path of paths) if ((await use(path)).isRead) found.push(path)
  return found
}

/** The same for the same seed and index, whatever was made before. */
function makeFile(index) {
  const digest = createHash('sha256').update(`${name} ${seed} ${index}`).digest()
  const chance = chanceOf(seededRandom(digest.readUInt32LE(0)))
  return kind.make(chance.pick(seeds), chance.pick(seeds), folder, chance)
}

/** @returns what is wrong with how the file was taken; `undefined` when it was read, or refused in one clear line */
async function use(path) {
  try {
    await kind.use(path)
    return { isRead: true }
  } catch (error) {
    return { isRead: false, ...faultOf(error) }
  }
}

function faultOf(error) {
  const isOurs = error instanceof GreenbenchError || error instanceof BrokenImageError
  if (!isOurs) return { fault: `not an error of greenbench: ${error?.stack ?? error}` }
  if (error.code === 'E_FORMAT_FAILED') return { fault: `unforeseen: ${error.cause?.stack ?? error.message}` }
  if (/^E_(FORMAT_RESULT|RECORD)/.test(error.code) && name !== 'record')
    return { fault: `wrong result: ${error.message}` }
  if (/^E_(GRAPH_|INITIALIZER_)/.test(error.code))
    return { fault: `left to the builder of graphs: ${error.code} ${error.message}` }
  if (/[\n\r]/.test(`${error.message}${error.hint}`))
    return { fault: `several lines: ${JSON.stringify(error.message).slice(0, 500)}` }
  if (error.message.length > 1000)
    return { fault: `a line of ${error.message.length}: ${error.code} ${error.message.slice(0, 300)}` }
  if (error.hint !== undefined || !kind.isModel) return {}
  return { fault: `no hint: ${error.code} ${error.message.slice(0, 300)}` }
}

/** Written at once, since what follows may never end. */
function tell(what) {
  writeSync(3, `${JSON.stringify(what)}\n`)
}
