/** The sheet and the scripts of a site, which all its pages share. */
import { readFile } from 'node:fs/promises'
import type { PageAssets } from '../pages/page.js'
import { PAGE_STYLE } from '../pages/page-style.js'
import type { SiteFolder } from './site-folder.js'
import { SITE_STYLE } from './site-style.js'

/** @param depth - folders between the page and the top of the site */
export const assetsAt = (depth: 0 | 1, { hasTable = false } = {}): PageAssets => {
  const up = depth === 0 ? '' : '../'
  return { style: `${up}style.css`, early: [`${up}theme.js`], deferred: hasTable ? [`${up}table.js`] : [] }
}

/** @throws {OutputError} `E_OUTPUT` */
export async function writeAssets(folder: SiteFolder): Promise<void> {
  await folder.write('style.css', `${PAGE_STYLE}${SITE_STYLE}`)
  for (const name of ['theme', 'table'] as const) await folder.write(`${name}.js`, await readScript(name))
}

/** They are bundled by the build; sources, as tests run them, lie beside `dist`. */
function readScript(name: 'theme' | 'table'): Promise<Buffer> {
  const isSource = import.meta.url.endsWith('.ts')
  return readFile(new URL(`${isSource ? '../../../dist' : '../../..'}/web/${name}.js`, import.meta.url))
}
