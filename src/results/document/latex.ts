/** A document as LaTeX, with tables by booktabs: a part for a paper, or a file that compiles by itself. */

import { shortened } from '../printable.js'
import { bibtexOf } from './bibtex.js'
import type { Block, DocumentTable, DocumentText, Inline } from './document.js'
import { escapeLatex } from './latex-escape.js'

const SECTIONS = { 1: 'section', 2: 'subsection', 3: 'subsubsection' } as const
/** Characters of a line of `\small`: of a paper's one column, and of the file's wide one. */
const LINE = { part: 76, file: 100 } as const
/** Of the width of the text: what is left for a column that wraps. */
const NARROWEST = 0.12
/** Longer names fill pages and tell nobody more. */
const LONGEST = { heading: 300, cell: 160 } as const

/**
 * A part to be put into a paper that has `\usepackage[T1]{fontenc}` and `\usepackage{booktabs}`. It cites its sources, whose
 * entries for BibTeX stand at its end, commented out.
 */
export function latexPart({ blocks, sources }: DocumentText): string {
  const entries = sources.map(bibtexOf).join('\n\n').split('\n')
  const comments = sources.length === 0 ? [] : [entries.map((line) => `% ${line}`.trimEnd()).join('\n')]
  return `${[...blocks.map((block) => blockText(block, floatingTable)), ...comments].join('\n\n')}\n`
}

/** A file that pdfLaTeX compiles as it is; its tables may break across pages. */
export function latexFile({ blocks, sources }: DocumentText, title: string): string {
  const items = sources.map(
    ({ key, text, url }) =>
      `\\bibitem{${key}} ${escapeLatex(text)}${url === undefined ? '' : `, \\texttt{${escapeLatex(url)}}`}`,
  )
  const bibliography =
    items.length === 0 ? [] : [`\\begin{thebibliography}{9}\n${items.join('\n')}\n\\end{thebibliography}`]
  return `${[
    `\\documentclass[10pt,a4paper]{article}
\\usepackage[T1]{fontenc}
\\usepackage[margin=2cm]{geometry}
\\usepackage{booktabs,longtable,array}
\\setlength{\\emergencystretch}{3em}
\\title{${escapeLatex(shortened(title, LONGEST.heading))}}
\\author{}\\date{}
\\begin{document}
\\maketitle`,
    ...blocks.map((block) => blockText(block, longTable)),
    ...bibliography,
    '\\end{document}',
  ].join('\n\n')}\n`
}

function blockText(block: Block, drawTable: (table: DocumentTable) => string): string {
  if (block.kind === 'heading')
    return `\\${SECTIONS[block.level]}*{${escapeLatex(shortened(block.text, LONGEST.heading))}}`
  if (block.kind === 'paragraph') return block.content.map(inlineText).join('')
  if (block.kind === 'table') return drawTable(block)
  const items = block.items.map((item) => `  \\item ${protectedStart(item.map(inlineText).join(''))}`)
  return ['\\begin{itemize}', ...items, '\\end{itemize}'].join('\n')
}

/** A bracket there would be the item's label; `escapeLatex` has put it into braces. */
const protectedStart = (text: string): string => (text === '' ? '\\leavevmode' : text)

function inlineText(inline: Inline): string {
  if (typeof inline === 'string') return escapeLatex(inline)
  if ('strong' in inline) return `\\textbf{${escapeLatex(inline.strong)}}`
  return 'code' in inline ? `\\texttt{${escapeLatex(inline.code)}}` : `~\\cite{${inline.cite}}`
}

function floatingTable(table: DocumentTable): string {
  return `\\begin{table}
\\centering\\footnotesize\\setlength{\\tabcolsep}{4pt}
\\caption{${escapeLatex(table.caption)}}
\\begin{tabular}{${columns(table, '', LINE.part)}}
\\toprule
${headText(table)}
\\midrule
${table.rows.map(rowText).join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}`
}

function longTable(table: DocumentTable): string {
  return `{\\small\\setlength{\\tabcolsep}{4pt}
\\begin{longtable}{${columns(table, '>{\\raggedright\\arraybackslash}', LINE.file)}}
\\caption{${escapeLatex(table.caption)}}\\\\
\\toprule
${headText(table)}
\\midrule
\\endfirsthead
\\toprule
${headText(table)}
\\midrule
\\endhead
${table.rows.map(rowText).join('\n')}
\\bottomrule
\\end{longtable}}`
}

const rowText = (cells: readonly string[]): string =>
  `${cells.map((cell) => escapeLatex(shortened(cell, LONGEST.cell))).join(' & ')} \\\\`

/** In two lines where the name of a column is wider than its figures. */
function headText(table: DocumentTable): string {
  const cells = table.head.map((_, column) => {
    const [above, below] = headLines(table, column).map(escapeLatex)
    if (below === undefined) return above
    const side = table.align[column] === 'right' ? 'r' : 'l'
    return `\\begin{tabular}[b]{@{}${side}@{}}${above}\\\\${below}\\end{tabular}`
  })
  return `${cells.join(' & ')} \\\\`
}

/** @returns one or two lines, parted at the space that is nearest to the middle */
function headLines({ head, rows, wrapped }: DocumentTable, column: number): readonly string[] {
  const name = head[column] ?? ''
  const spaces = [...name.matchAll(/ /g)].map(({ index }) => index)
  if (column === wrapped || spaces.length === 0 || name.length <= longestIn(rows, column)) return [name]
  const middle = (name.length - 1) / 2
  const at = spaces.reduce((best, space) => (Math.abs(space - middle) < Math.abs(best - middle) ? space : best))
  return [name.slice(0, at), name.slice(at + 1)]
}

const longestIn = (rows: DocumentTable['rows'], column: number): number =>
  Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))

function columns(table: DocumentTable, before: string, line: number): string {
  const { align, wrapped, head, rows } = table
  const natural = head.map((_, column) =>
    Math.max(...headLines(table, column).map(({ length }) => length), Math.min(LONGEST.cell, longestIn(rows, column))),
  )
  const others = natural.reduce((sum, size, column) => (column === wrapped ? sum : sum + size + 2), 0)
  const share = Math.min(Math.max(NARROWEST, 1 - others / line), (natural[wrapped ?? 0] ?? 0) / line)
  const letters = align.map((side, column) => {
    if (column === wrapped) return `${before}p{${share.toFixed(2)}\\linewidth}`
    return side === 'right' ? 'r' : 'l'
  })
  return `@{}${letters.join('')}@{}`
}
