import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { writeLeaderboardSite } from '../../src/results/site/leaderboard-site.js'
import { accessibilityFaults, describeInBrowser } from '../helpers/browser.js'
import { sampleLeaderboard } from '../helpers/sample-leaderboard.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const HOSTILE = [
  '<script>document.title = "taken over"</script>',
  '"><img src="https://example.com/x.png" onerror="alert(1)">',
  "' onmouseover='alert(1)",
  '../../../outside',
  'C:\\Windows\\con',
  '\u202egnp.evil\u0000\u0007',
  'x'.repeat(10_000),
  '',
  '模型 🐢',
]

describeInBrowser('the site of a leaderboard', (open) => {
  const top = temporaryFolder()
  const folder = join(top, 'out', 'site')
  const index = join(folder, 'index.html')
  beforeAll(async () => {
    const names = [...HOSTILE, ...Array.from({ length: 291 }, (_, number) => `model ${number}`)]
    const leaderboard = sampleLeaderboard(names)
    for (const model of leaderboard.models.slice(0, HOSTILE.length)) model.id = model.name
    for (const { entries } of leaderboard.groups) {
      for (const entry of entries) entry.model = leaderboard.models[Number(entry.model.slice(2))]?.id ?? ''
    }
    await writeLeaderboardSite(leaderboard, { folder, leaderboardFolder: top, version: '0.1.0', withData: true })
  })
  const firstNames = (page: Awaited<ReturnType<typeof open>>['page'], count: number) =>
    page
      .locator('section.group')
      .first()
      .locator('table.board tbody th')
      .evaluateAll((cells, most) => cells.slice(0, most).map(({ textContent }) => textContent), count)

  test('nothing is written beside the folder of the site, whatever models are called', () => {
    expect(readdirSync(top)).toEqual(['out'])
    expect(readdirSync(join(top, 'out'))).toEqual(['site'])
    const names = ['models', 'runs'].flatMap((part) => readdirSync(join(folder, part)))
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9-]{0,70}\.html$/.test(name))).toEqual([])
  })

  test('without scripts the table is whole', async () => {
    const { page } = await open(index, { hasScripts: false })
    expect(await page.locator('table.board tbody tr').count()).toBe(300)
    expect(await page.locator('#filters').isVisible()).toBe(false)
  })

  test.each(['index.html', 'models/m-9.html', 'runs/run-9.html'])(
    '%s complains of nothing and asks no network',
    async (name) => {
      const { page, complaints, requests } = await open(join(folder, name))
      for (const summary of await page.locator('summary').all()) await summary.click()
      expect({ complaints, requests, title: await page.title() }).toEqual({
        complaints: [],
        requests: [],
        title: name === 'index.html' ? 'Image classifiers' : 'model 0',
      })
    },
  )

  test('names out of files stay text', async () => {
    const { page, complaints } = await open(index)
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.getByText('\\u202egnp.evil\\u0000').count()).toBe(1)
    expect(complaints).toEqual([])
  })

  test('a name of 10,000 letters makes no row high, and is whole for whoever unfolds it by keyboard', async () => {
    const { page } = await open(index)
    const link = page.getByRole('link', { name: /^x+…x+$/ })
    const before = (await link.boundingBox())?.height ?? 0
    expect(before).toBeLessThan(80)
    await link.focus()
    expect((await link.boundingBox())?.height ?? 0).toBeGreaterThan(before)
    await page.keyboard.press('Enter')
    await page.waitForURL(/models/)
    const whole = page.getByText('x'.repeat(10_000), { exact: true })
    expect(await whole.isVisible()).toBe(false)
    await page.locator('.long-text summary').first().press('Enter')
    expect(await whole.isVisible()).toBe(true)
  })

  test('a head sorts its column, once more the other way, and says so', async () => {
    const { page } = await open(index)
    const head = page.locator('section.group').first().locator('table.board th', { hasText: 'Accuracy' })
    await head.getByRole('button').click()
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await head.getByRole('button').click()
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    const shares = await page
      .locator('section.group')
      .first()
      .locator('table.board tbody td:nth-child(9)')
      .allTextContents()
    expect(shares.map((share) => Number.parseFloat(share))).toEqual(
      shares.map((share) => Number.parseFloat(share)).sort((one, other) => other - one),
    )
    expect(await page.locator('section.group').first().locator('[aria-sort]').count()).toBe(1)
  })

  test('words narrow all tables, and the number of rows is announced', async () => {
    const { page } = await open(index)
    await page.getByRole('searchbox').fill('model 28')
    await page.getByText('13 of 300 rows').waitFor()
    expect(await page.getByRole('status').textContent()).toBe('13 of 300 rows')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByText('300 of 300 rows').waitFor()
  })

  test('kinds of hardware and of energy can be chosen', async () => {
    const { page } = await open(index)
    await page.getByRole('combobox', { name: 'Energy' }).selectOption('modelled')
    await page.getByText('150 of 300 rows').waitFor()
    expect(await page.locator('section.hardware:visible h2').allTextContents()).toEqual([
      'Intel Xeon 8480, 56 cores CPU',
    ])
  })

  test('only the Pareto front is left where that is asked for', async () => {
    const { page } = await open(index)
    await page.getByLabel('Pareto front only').check()
    await page.getByText(/^\d\d of 300 rows$/).waitFor()
    const front = page.locator('table.board tbody tr')
    expect(await front.count()).toBe(await page.locator('table.board tbody tr[data-front]').count())
  })

  test('a long table is leafed through by keyboard alone', async () => {
    const { page } = await open(index)
    const group = page.locator('section.group').first()
    const [first] = await firstNames(page, 1)
    await group.getByRole('button', { name: 'Next' }).focus()
    await page.keyboard.press('Enter')
    expect(await group.getByText('Rows 51 to 100 of 150').count()).toBe(1)
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Next')
    await group.getByRole('button', { name: 'Previous' }).press('Space')
    expect((await firstNames(page, 1))[0]).toBe(first)
  })

  test('for paper all rows come back', async () => {
    const { page } = await open(index)
    await page.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await page.locator('table.board tbody tr').count()).toBe(300)
  })

  test('the colours that were chosen hold on the next page', async () => {
    const { page } = await open(index)
    await page.getByRole('button', { name: 'Dark colours' }).click()
    await page.locator('table.board tbody th a').first().click()
    await page.waitForURL(/models/)
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  })

  test.each([
    ['index.html', { scheme: 'light' }],
    ['index.html', { scheme: 'dark' }],
    ['index.html', { scheme: 'light', width: 390 }],
    ['models/m-9.html', { scheme: 'dark', width: 390 }],
    ['runs/run-9.html', { scheme: 'light' }],
    ['runs/run-9.html', { scheme: 'dark', width: 390 }],
  ] as const)('axe finds nothing wrong in %s, %j', async (name, view) => {
    const { page } = await open(join(folder, name), view)
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('on a phone nothing but the tables scrolls sideways', async () => {
    const { page } = await open(index, { width: 390 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  test('every link of a page leads to a file of the site', async () => {
    for (const name of ['index.html', 'models/m-9.html', 'runs/run-9.html']) {
      const links = [...readFileSync(join(folder, name), 'utf8').matchAll(/(?:href|src)="([^"#]*)"/g)].map(
        ([, link = '']) => link,
      )
      expect(links.filter((link) => !existsSync(join(folder, name, '..', link)))).toEqual([])
    }
  })
})
