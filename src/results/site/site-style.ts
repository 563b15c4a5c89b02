/** What a site has beside the sheet of all pages: wide tables, filters, grades, a button for the colours. */

/** Rows beyond the first fifty are left out of the first picture where a script will take them out anyway. */
export const SITE_STYLE = `
main, .masthead, .colophon { max-width: 84rem; }
.trail { font-size: .88rem; margin-bottom: .4rem; }
.theme { float: right; }
button, select, input { font: inherit; font-size: .88rem; color: var(--ink); background: var(--surface); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .7rem; }
button { cursor: pointer; }
button[aria-disabled="true"] { color: var(--muted); cursor: default; }
#filters { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: 1rem 0; padding: .9rem 1rem; background: var(--surface); border: 1px solid var(--line); border-radius: .6rem; }
#filters[hidden] { display: none; }
#filters label { display: grid; gap: .15rem; font-size: .82rem; color: var(--muted); min-width: 0; }
#filters input, #filters select { background: var(--page); max-width: min(100%, 22rem); }
#filters .check { display: flex; gap: .45rem; align-items: center; padding: .35rem 0; color: var(--ink); font-size: .88rem; }
#row-count { color: var(--muted); font-size: .88rem; margin: .4rem 0; font-variant-numeric: tabular-nums; }
.hardware h3 { margin-top: .6rem; }
.group { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
.js .long > tr:nth-child(n + 51) { display: none; }
.board { font-size: .86rem; }
.board th, .board td { padding: .36rem .7rem .36rem 0; white-space: nowrap; }
.board td { min-width: 0; }
.board tbody th { white-space: normal; min-width: 10rem; max-width: 22rem; }
.board tbody th > a, .board tbody th > bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.board tbody th > a:focus-visible, .board tbody tr:hover a { -webkit-line-clamp: none; }
.board thead th { vertical-align: bottom; white-space: normal; overflow-wrap: normal; }
.board tbody tr:hover { background: var(--surface); }
.sort { background: none; border: 0; padding: 0; color: inherit; font: inherit; font-weight: 600; text-align: inherit; }
.sort::after { content: " \\2195"; color: var(--line); }
[aria-sort="ascending"] .sort::after { content: " \\2191"; color: var(--ink); }
[aria-sort="descending"] .sort::after { content: " \\2193"; color: var(--ink); }
.side { color: var(--muted); font-size: .8rem; }
.grade { display: inline-block; min-width: 1.5rem; text-align: center; font-weight: 700; border-radius: .25rem; padding: .02rem .35rem; border: 1.5px solid var(--ink); }
.grade-A, .grade-B, .grade-C { border-color: var(--accent); color: var(--accent); }
.grade-D, .grade-E { border-color: var(--doubt); color: var(--doubt); }
.grade-F, .grade-G { border-color: var(--bad); color: var(--bad); }
.front { font-weight: 600; }
.hidden-words { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pager { display: flex; gap: .8rem; align-items: center; margin: .5rem 0 1rem; font-size: .88rem; color: var(--muted); }
.pager[hidden] { display: none; }
.group .chart { max-width: 44rem; }
.rules dt { font-weight: 600; margin-top: .6rem; }
.rules dd { margin: 0; max-width: 46rem; color: var(--muted); }
@media (max-width: 40rem) {
  .board tbody th, .board thead th:first-child { position: sticky; left: 0; background: var(--page); z-index: 1; min-width: 8rem; max-width: 10rem; }
  #filters label, #filters input, #filters select { width: 100%; max-width: none; }
  #filters .check, #filters .check input { width: auto; }
}
@media print {
  #filters, #row-count { display: none; }
  .hardware h3 { font-size: 10.5pt; margin-top: .6rem; }
  .group { content-visibility: visible; }
  .js .long > tr { display: table-row !important; }
  .board tbody th > a, .board tbody th > bdi { -webkit-line-clamp: none; }
  .board { font-size: 7.5pt; }
  .board th, .board td { padding-inline-end: .4rem; white-space: normal; }
  .board td { overflow-wrap: normal; }
  .board .side, .board .grade { font-size: inherit; }
  .board tbody th { min-width: 6rem; }
  .sort::after { content: "" !important; }
}
`
