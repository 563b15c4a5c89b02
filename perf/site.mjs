/**
 * How long the pages of a large leaderboard take: to be written, to be shown first from a disk, to be filtered and sorted.
 * Targets for 10,000 records: first paint in 1 s, a filter in 100 ms. Run `npm run build` first; a leaderboard of 10,000
 * records comes from `KEEP=1 node perf/leaderboard.mjs --rounds 1`, which says where it left it.
 *
 *   node perf/site.mjs board.json [--rounds 5] [--runs]
 *
 * `--runs` writes the pages of models and runs as well, as the command does; without it, the first page alone.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { writeLeaderboardSite } from '../dist/src/results/site/leaderboard-site.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, runs: { type: 'boolean', default: false } },
})
const [path] = positionals
if (path === undefined) throw new Error('usage: node perf/site.mjs board.json')
const folder = mkdtempSync(join(tmpdir(), 'greenbench-site-'))

try {
  const board = JSON.parse(readFileSync(path, 'utf8'))
  const { models, runs } = board
  if (!values.runs) Object.assign(board, { models: models.map((model) => ({ ...model })), runs: [], training: [] })
  const start = performance.now()
  await writeLeaderboardSite(board, {
    folder,
    leaderboardFolder: dirname(resolve(path)),
    version: 'perf',
    withData: false,
  })
  const seconds = (performance.now() - start) / 1000
  const pages = models.length + (values.runs ? runs.length : 0) + 1
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(
    `${pages} pages in ${seconds.toFixed(1)} s, ${((1000 * seconds) / pages).toFixed(1)} ms a page, peak memory ${peak.toFixed(0)} MB`,
  )
  console.log(
    `first page ${(statSync(join(folder, 'index.html')).size / 1e6).toFixed(1)} MB, ${board.groups.length} groups`,
  )
  await inBrowser(pathToFileURL(join(folder, 'index.html')).href)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function inBrowser(address) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  })
  const readings = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const page = await browser.newPage()
    await page.goto(address)
    await page.waitForFunction(() => /\d/.test(document.querySelector('#row-count').textContent))
    readings.push(await page.evaluate(measureInPage))
    await page.close()
  }
  await browser.close()
  for (const name of Object.keys(readings[0])) {
    const sorted = readings.map((reading) => reading[name]).sort((one, other) => one - other)
    console.log(
      `${name.padEnd(34)} median ${sorted[sorted.length >> 1].toFixed(0)} ms, ${sorted[0].toFixed(0)} to ${sorted.at(-1).toFixed(0)}`,
    )
  }
}

/** From the input to the next picture, without the pause that waits for more typing. */
async function measureInPage() {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  const input = document.querySelector('input[name=words]')
  const filter = async (words) => {
    input.value = words
    const start = performance.now()
    input.form.requestSubmit()
    await drawn()
    return performance.now() - start
  }
  const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime
  const [{ domContentLoadedEventEnd }] = performance.getEntriesByType('navigation')
  const none = await filter('no such words')
  const some = await filter('1')
  const all = await filter('')
  const start = performance.now()
  document.querySelectorAll('.board th button')[2].click()
  await drawn()
  return {
    'first paint': paint,
    ready: domContentLoadedEventEnd,
    'filter, nothing left': none,
    'filter, some left': some,
    'filter, all back': all,
    sort: performance.now() - start,
  }
}
