// Feeds damaged files to greenbench, in a child process that is watched: a crash, a hang, too much memory or an error that
// is not one clear line is a finding. `npm run fuzz -- --help` tells the options.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DRILLS, KINDS } from './kinds.mjs'

const LARGEST_BYTES = 1e9
const MOST_FINDINGS = 20
const USAGE = `npm run fuzz -- [options]
  --format <names>   between commas, of: ${KINDS.map(({ name }) => name).join(', ')} (default: all)
  --count <number>   damaged files of each (default: 5000)
  --seed <number>    of everything random (default: 1)
  --from <index>     first file, to repeat a finding: --seed 1 --from 1234 --count 1
  --longest <s>      that one file may take (default: 10)
  --keep             keep the last file and print its path`

const options = {
  format: { type: 'string', default: KINDS.map(({ name }) => name).join(',') },
  count: { type: 'string', default: '5000' },
  seed: { type: 'string', default: '1' },
  from: { type: 'string', default: '0' },
  longest: { type: 'string', default: '10' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
}
const { values } = parseArgs({ options })
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const LONGEST_SECONDS = Number(values.longest)
const folder = mkdtempSync(join(tmpdir(), 'greenbench-fuzz-'))
const names = values.format.split(',')
const unknown = names.filter((name) => ![...KINDS, ...DRILLS].some((kind) => kind.name === name))
if (unknown.length > 0) {
  console.error(`no such format: ${unknown.join(', ')}\n${USAGE}`)
  process.exit(2)
}
let total = 0
for (const name of names) total += await fuzz(name, Number(values.from), Number(values.from) + Number(values.count))
if (values.keep) console.log(`kept: ${folder}`)
else rmSync(folder, { recursive: true, force: true })
process.exit(total === 0 ? 0 : 1)

/** @returns number of findings */
async function fuzz(name, from, to) {
  const sum = { files: 0, read: 0, longest: 0, peak: 0, findings: new Map() }
  for (let next = from; next < to && sum.findings.size < MOST_FINDINGS; ) next = await runChild(name, next, to, sum)
  const { files, read, longest, peak, findings } = sum
  const figures = `${files} files (${read} read, the rest refused), longest ${longest.toFixed(2)} s, peak ${Math.round(peak / 1e6)} MB`
  console.log(`${name}: ${figures}, ${findings.size} findings`)
  for (const { fault, index, count } of findings.values()) {
    console.log(
      `  ${count} x ${fault}\n    again: npm run fuzz -- --format ${name} --seed ${values.seed} --from ${index} --count 1`,
    )
  }
  return findings.size
}

/** Until all files are done or one has ended the child. @returns the index to go on with */
async function runChild(name, from, to, sum) {
  const args = [name, values.seed, String(from), String(to), join(folder, name)]
  const worker = fileURLToPath(new URL('worker.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--max-old-space-size=700', worker, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const state = { index: from, since: Number.POSITIVE_INFINITY, ended: undefined, isDone: false, words: '' }
  child.stderr.setEncoding('utf8').on('data', (text) => {
    state.words = (state.words + text).slice(-2000)
  })
  const watch = setInterval(() => watchChild(child, state), 100)
  createInterface({ input: child.stdio[3] }).on('line', (line) => take(JSON.parse(line), state, sum))
  const [code, signal] = await new Promise((resolve) => child.once('close', (...how) => resolve(how)))
  clearInterval(watch)
  if (state.isDone && state.ended === undefined) return to
  const fault = state.ended ?? `crash (${signal ?? `code ${code}`}): ${state.words.trim().slice(-600)}`
  keepFinding(fault, state.index, sum)
  sum.files += 1
  return state.index + 1
}

function take({ index, finding, seconds, peak, lasting, isDone }, state, sum) {
  if (isDone) {
    state.isDone = true
    state.since = Number.POSITIVE_INFINITY
    return
  }
  state.index = index
  state.since = performance.now()
  if (lasting !== undefined) keepFinding(lasting, index, sum)
  if (finding === undefined) return
  sum.files += 1
  sum.read += finding.isRead ? 1 : 0
  sum.longest = Math.max(sum.longest, seconds)
  sum.peak = Math.max(sum.peak, peak)
  if (finding.fault !== undefined) keepFinding(finding.fault, index, sum)
  if (seconds > LONGEST_SECONDS) keepFinding(`took ${Math.round(seconds)} s`, index, sum)
}

function watchChild(child, state) {
  if (state.isDone) child.kill('SIGKILL')
  if ((performance.now() - state.since) / 1000 > LONGEST_SECONDS)
    state.ended ??= `hangs: more than ${LONGEST_SECONDS} s`
  const bytes = residentBytes(child.pid)
  if (bytes > LARGEST_BYTES) state.ended ??= `memory: ${Math.round(bytes / 1e6)} MB`
  if (state.ended !== undefined) child.kill('SIGKILL')
}

/** Linux only; elsewhere what the child says of itself must do. */
function residentBytes(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** One fault met often is one finding: digits and the words of the file do not tell faults apart. */
function keepFinding(fault, index, { findings }) {
  const key = fault.replace(/"[^"]*"|\d+/g, '#').slice(0, 300)
  const known = findings.get(key)
  if (known === undefined) findings.set(key, { fault: fault.slice(0, 900), index, count: 1 })
  else known.count += 1
}
