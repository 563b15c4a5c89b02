/** The frame of every page: its head, which lets it load nothing, its masthead and its last line. */
import { type Html, html, trusted } from './html.js'
import { PAGE_STYLE } from './page-style.js'

/** One page. */
export interface Page {
  readonly title: string
  /** One line below the title. */
  readonly lead?: Html | undefined
  readonly main: Html
  /** Last line of the page. */
  readonly colophon: Html
  /** Keeps the page light whatever the reader prefers; for paper. */
  readonly isLight?: boolean | undefined
}

/** Nothing is loaded and no script runs: styles are in the page, pictures are SVG in the page, downloads are `data:` links. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** @returns a whole self-contained document */
export function pageText({ title, lead, main, colophon, isLight }: Page): string {
  return html`<!doctype html>
<html lang="en"${isLight === true ? trusted(' data-theme="light"') : undefined}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<header class="masthead"><h1>${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</header>
<main>
${main}
</main>
<footer class="colophon">${colophon}</footer>
</body>
</html>
`.markup
}
