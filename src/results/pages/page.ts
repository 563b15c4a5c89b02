/** The frame of every page: its head, which lets it load nothing from a network, its masthead and its last line. */
import { type Html, html, nameText, trusted } from './html.js'
import { PAGE_STYLE } from './page-style.js'

/** One page. */
export interface Page {
  readonly title: string
  /** One line below the title. */
  readonly lead?: Html | undefined
  /** Above the title: the way back. */
  readonly trail?: Html | undefined
  readonly main: Html
  /** Last line of the page. */
  readonly colophon: Html
  /** Keeps the page light whatever the reader prefers; for paper. */
  readonly isLight?: boolean | undefined
  /** Of a page of a site; without it the page stands alone and runs no script. */
  readonly assets?: PageAssets | undefined
}

/** Files of the site that a page uses, as seen from it. */
export interface PageAssets {
  readonly style: string
  /** Run before anything is shown. */
  readonly early: readonly string[]
  /** Run when the page has been read. */
  readonly deferred: readonly string[]
}

const CLOSED = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
/** Pages opened from a disk have no origin in some browsers, so that `'self'` alone would keep out their own sheet. */
const WITH_ASSETS = `${CLOSED} 'self' file:; script-src 'self' file:`

/** @returns a whole document */
export function pageText({ title, lead, trail, main, colophon, isLight, assets }: Page): string {
  return html`<!doctype html>
<html lang="en"${isLight === true ? trusted(' data-theme="light"') : undefined}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${assets === undefined ? CLOSED : WITH_ASSETS}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${nameText(title)}</title>
${headOf(assets)}
</head>
<body>
<header class="masthead">${trail && html`<nav class="trail" aria-label="Breadcrumb">${trail}</nav>`}<h1>${nameText(title)}</h1>${lead && html`<p class="lead">${lead}</p>`}</header>
<main>
${main}
</main>
<footer class="colophon">${colophon}</footer>
</body>
</html>
`.markup
}

function headOf(assets: PageAssets | undefined): Html {
  if (assets === undefined) return html`<style>${trusted(PAGE_STYLE)}</style>`
  return html`<link rel="stylesheet" href="${assets.style}">
${assets.early.map((src) => html`<script src="${src}"></script>`)}
${assets.deferred.map((src) => html`<script src="${src}" defer></script>`)}`
}
