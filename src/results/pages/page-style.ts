/** The look of all pages: one sheet for light and dark, screen, phone and paper. */

/**
 * Colours of series are those of Okabe and Ito, which people with any kind of colour vision can tell apart, darkened or
 * lightened until they stand out from the background by at least 3:1. `light-dark` follows `color-scheme`.
 *
 * @see https://jfly.uni-koeln.de/color/
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#ffffff, #0f1513);
  --surface: light-dark(#f4f7f5, #18211d);
  --ink: light-dark(#16201c, #e6ede9);
  --muted: light-dark(#52605a, #a6b4ad);
  --line: light-dark(#d5ddd9, #2f3b36);
  --accent: light-dark(#0a6b4c, #62d4a6);
  --link: light-dark(#0b5a8a, #82c8f2);
  --doubt: light-dark(#8a4b00, #f0b95c);
  --doubt-surface: light-dark(#fff6e6, #2b2214);
  --bad: light-dark(#a3271c, #ff9f93);
  --series-1: light-dark(#0072b2, #56b4e9);
  --series-2: light-dark(#c25200, #f0a13c);
  --series-3: light-dark(#00805e, #2fcf9f);
  --series-4: light-dark(#a9507f, #e59ac4);
  --series-5: light-dark(#6b6f00, #e3da4f);
  --series-6: light-dark(#5a5f66, #b9bfc7);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
main, .masthead, .colophon { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
.masthead { padding-top: 2rem; }
.colophon { color: var(--muted); font-size: .875rem; padding-top: 1rem; padding-bottom: 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.015em; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.6rem 0 .8rem; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
.lead { margin: .5rem 0; max-width: 46rem; color: var(--muted); font-size: 1rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.record { border-top: 1px solid var(--line); margin-top: 2.5rem; }
.record:first-of-type { border-top: 0; margin-top: 0; }
code { font: .9em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .75rem; margin: 1.2rem 0; padding: 0; list-style: none; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; min-width: 0; }
.tile-name { color: var(--muted); font-size: .82rem; }
.tile-value { font-size: 1.25rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile-note { color: var(--muted); font-size: .82rem; }

.kind { display: inline-block; font-size: .75rem; line-height: 1.2; padding: .1rem .45rem; border-radius: 1rem; border: 1px solid; white-space: nowrap; }
.kind-measured { color: var(--accent); border-style: solid; }
.kind-modelled { color: var(--doubt); border-style: dashed; }
.kind-mixed { color: var(--doubt); border-style: double; border-width: 3px; }
.kind-unknown { color: var(--muted); border-style: dotted; }

.scroll { overflow-x: auto; max-width: 100%; margin: .6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: start; color: var(--muted); font-size: .85rem; padding: .3rem 0; }
th, td { padding: .38rem .8rem .38rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; border-bottom-width: 2px; overflow-wrap: normal; }
tbody th { font-weight: 400; min-width: 8.5rem; }
td { min-width: 4.6rem; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number { white-space: normal; }
.part th { padding-inline-start: 1.1rem; color: var(--muted); }
.group-start > * { border-top: 2px solid var(--line); }
.source { color: var(--muted); font-size: .84rem; min-width: 12rem; }
.facts th { width: 14rem; color: var(--muted); }

.note { border-inline-start: 4px solid var(--doubt); background: var(--doubt-surface); border-radius: .3rem; padding: .6rem .9rem; margin: .6rem 0; }
.note p, .note > div { margin: .15rem 0; max-width: 46rem; }
.note-code { color: var(--muted); font-size: .8rem; }
.note-bad { border-color: var(--bad); }
.absent { padding-inline-start: 1.2rem; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1.2rem 1.6rem; }
.chart { margin: .4rem 0; min-width: 0; }
.chart figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .1rem; }
.chart-note { color: var(--muted); font-size: .82rem; margin: 0 0 .2rem; }
.chart svg { display: block; width: 100%; height: auto; }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--link); font-size: .88rem; padding: .15rem 0; }
.long-text { margin: 0; min-width: 11rem; white-space: normal; }
.long-text > summary { padding: 0; font-size: inherit; word-break: break-all; }
.long-text[open] > summary { color: var(--muted); }
.download { display: inline-block; margin: .3rem .8rem .3rem 0; }

@media (max-width: 40rem) {
  body { font-size: 15px; }
  main, .masthead, .colophon { padding-inline: .9rem; }
  .masthead { padding-top: 1.2rem; }
  h1 { font-size: 1.5rem; }
  .facts th { width: 40%; }
  .source { min-width: 9rem; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  @page { size: A4; margin: 16mm 14mm; }
  body { font-size: 10pt; }
  main, .masthead, .colophon { max-width: none; padding-inline: 0; }
  .masthead { padding-top: 0; }
  .no-print, summary { display: none !important; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; height: auto; }
  h2, h3, figcaption { break-after: avoid; }
  .tile, .note, tr, .chart svg { break-inside: avoid; }
  .chart:not(:has(details[open])) { break-inside: avoid; }
  .chart details:not([open]) { display: none; }
  .record { break-before: page; border-top: 0; margin-top: 0; }
  .record:first-of-type { break-before: auto; }
  .charts { grid-template-columns: 1fr 1fr; }
  .charts:has(details[open]) { display: block; }
  .charts:has(details[open]) svg { max-width: 120mm; }
  a { color: inherit; text-decoration: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`
