/** Pages in a real browser, from a disk: what they say on the console, ask of a network, and get wrong for assistive technology. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, describe, test } from 'vitest'

const PATH = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const REASON = 'needs Chromium, which is not installed here'
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const ARGUMENTS = ['--no-sandbox', '--disable-background-networking']
/** Milliseconds, for a machine that is busy with something else. */
const PATIENCE = 120_000

/** How a page is looked at. */
export interface View {
  readonly scheme?: 'light' | 'dark'
  /** Of the window, in pixels. */
  readonly width?: number
  readonly hasScripts?: boolean
}

/** A page, with what went wrong in it. */
export interface OpenedPage {
  readonly page: Page
  /** Messages on the console and errors that nobody caught. */
  readonly complaints: string[]
  /** Addresses of requests that are not for files. */
  readonly requests: string[]
}

/** Opens a file of a disk; the page is closed with the browser. */
export type OpenPage = (path: string, view?: View) => Promise<OpenedPage>

/**
 * A group of tests that share one browser. Without a browser the group is skipped, and the reason stands in its name; with
 * `CI=true` it fails instead.
 */
export function describeInBrowser(name: string, body: (open: OpenPage) => void): void {
  if (PATH === undefined) {
    if (process.env.CI !== 'true') return void test.skip(`${name}: skipped, ${REASON}`, () => {})
    return void test(name, () => {
      throw new Error(REASON)
    })
  }
  describe(name, () => {
    let browser: Promise<Browser> | undefined
    afterAll(async () => await (await browser)?.close())
    body(async (path, view) => {
      browser ??= chromium.launch({ executablePath: PATH, args: ARGUMENTS, timeout: PATIENCE })
      return openIn(await browser, path, view)
    })
  })
}

async function openIn(
  browser: Browser,
  path: string,
  { scheme = 'light', width = 1280, hasScripts = true }: View = {},
) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    javaScriptEnabled: hasScripts,
  })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) requests.push(request.url())
  })
  await page.goto(pathToFileURL(path).href)
  return { page, complaints, requests }
}

/** @returns what axe finds wrong, one line for each rule with the first place; parts that are hidden are not looked at */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'))
  return page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page
    const { violations } = await (globalThis as any).axe.run()
    return violations.map(
      ({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
        `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200)}`,
    )
  })
}
