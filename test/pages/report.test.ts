import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { parseAppendixSpec } from '../../src/results/appendix/appendix-spec.js'
import { writeAppendix } from '../../src/results/appendix/write-appendix.js'
import { htmlReport } from '../../src/results/report/html-report.js'
import { accessibilityFaults, describeInBrowser } from '../helpers/browser.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const HOSTILE = '<script>document.title="taken over"</script>\u202e"onload="x'

describeInBrowser('a page of records', (open) => {
  const folder = temporaryFolder()
  const [report, paper] = [join(folder, 'report.html'), join(folder, 'paper.html')]
  beforeAll(async () => {
    const run = sampleInference()
    run.model.name = HOSTILE
    run.samples.latencySeconds = Array.from({ length: 500 }, (_, index) => 0.02 + 1e-5 * (index % 37))
    run.warnings[0] = { code: 'W_X"><b>', message: HOSTILE, hint: HOSTILE }
    run.host = { [HOSTILE]: HOSTILE }
    const records = [
      run,
      { ...sampleInference(), id: 'another' },
      { ...sampleInference(), id: 'third' },
      sampleInspection(),
      sampleTraining(),
    ]
    const word = 'n'.repeat(150)
    const long = { ...sampleInference(), id: 'long', model: { ...sampleInference().model, name: word } }
    Object.assign(long.energy?.domains[0] ?? {}, { name: word, profiler: word })
    Object.assign(long.carbon?.factor ?? {}, { zoneName: word, source: word })
    long.missing = [{ field: word, reason: word }]
    writeFileSync(join(folder, 'long.html'), await htmlReport([long, { ...long, id: 'b' }], { version: word }))
    writeFileSync(report, await htmlReport(records, { version: '0.1.0' }))
    writeFileSync(paper, await htmlReport(records, { version: '0.1.0', isForPaper: true }))
    writeFileSync(join(folder, 'run.json'), JSON.stringify(run))
    const plots = [{ x: 'macs', y: 'energyPerInference' }]
    const spec = {
      [HOSTILE]: { filter: '', executive_summary_plots: plots, child_experiments: { One: { filter: 'x' } } },
    }
    await writeAppendix(parseAppendixSpec(spec, 'spec'), {
      ...{ results: [join(folder, 'run.json')], base: folder, folder: join(folder, 'site') },
      ...{ title: HOSTILE, version: '0.1.0', withData: true },
    })
  })

  test.each(['report.html', 'site/index.html', 'site/groups/script-document-title-taken-over-script-onload-x.html'])(
    '%s complains of nothing, asks no network and keeps names as text',
    async (name) => {
      const { page, complaints, requests } = await open(join(folder, name))
      for (const summary of await page.locator('summary').all()) await summary.click()
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
      expect(await page.title()).toContain('<script>')
      expect(await page.locator('main script, main [onload]').count()).toBe(0)
    },
  )

  test('the records can be saved from the page', async () => {
    const { page } = await open(report)
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByText(/^Download/).click()])
    expect(saved.suggestedFilename()).toMatch(/^[a-z0-9-]+\.json$/)
    expect(saved.url().startsWith('data:application/json;base64,')).toBe(true)
  })

  test.each([
    ['report.html', { scheme: 'light' }],
    ['report.html', { scheme: 'dark', width: 390 }],
    ['paper.html', { scheme: 'dark' }],
    ['site/index.html', { scheme: 'dark' }],
    ['site/groups/script-document-title-taken-over-script-onload-x.html', { scheme: 'light', width: 390 }],
  ] as const)('axe finds nothing wrong in %s, %j', async (name, view) => {
    const { page } = await open(join(folder, name), view)
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('a page for paper is light and unfolded, whatever the reader prefers', async () => {
    const { page } = await open(paper, { scheme: 'dark' })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    expect(await page.locator('details:not([open])').count()).toBe(0)
  })

  test('on a phone nothing but the tables scrolls sideways', async () => {
    for (const path of [report, join(folder, 'long.html')]) {
      const { page } = await open(path, { width: 390 })
      for (const summary of await page.locator('summary').all()) await summary.click()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    }
  })
})
