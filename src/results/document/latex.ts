/** A document as LaTeX, with tables by booktabs: a part for a paper, or a file that compiles by itself. */
import { bibtexOf } from './bibtex.js'
import type { Block, DocumentTable, DocumentText, Inline } from './document.js'
import { escapeLatex } from './latex-escape.js'

const SECTIONS = { 1: 'section', 2: 'subsection', 3: 'subsubsection' } as const
/** Of the width of the text. */
const WRAPPED_WIDTH = 0.42

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
  const items = sources.map(({ key, text }) => `\\bibitem{${key}} ${escapeLatex(text)}`)
  const bibliography =
    items.length === 0 ? [] : [`\\begin{thebibliography}{9}\n${items.join('\n')}\n\\end{thebibliography}`]
  return `${[
    `\\documentclass[10pt,a4paper]{article}
\\usepackage[T1]{fontenc}
\\usepackage[margin=2cm]{geometry}
\\usepackage{booktabs,longtable,array}
\\setlength{\\emergencystretch}{3em}
\\title{${escapeLatex(title)}}
\\author{}\\date{}
\\begin{document}
\\maketitle`,
    ...blocks.map((block) => blockText(block, longTable)),
    ...bibliography,
    '\\end{document}',
  ].join('\n\n')}\n`
}

function blockText(block: Block, drawTable: (table: DocumentTable) => string): string {
  if (block.kind === 'heading') return `\\${SECTIONS[block.level]}*{${escapeLatex(block.text)}}`
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
\\centering\\small
\\caption{${escapeLatex(table.caption)}}
\\begin{tabular}{${columns(table, '')}}
\\toprule
${rowText(table.head)}
\\midrule
${table.rows.map(rowText).join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}`
}

function longTable(table: DocumentTable): string {
  return `{\\small
\\begin{longtable}{${columns(table, '>{\\raggedright\\arraybackslash}')}}
\\caption{${escapeLatex(table.caption)}}\\\\
\\toprule
${rowText(table.head)}
\\midrule
\\endfirsthead
\\toprule
${rowText(table.head)}
\\midrule
\\endhead
${table.rows.map(rowText).join('\n')}
\\bottomrule
\\end{longtable}}`
}

const rowText = (cells: readonly string[]): string => `${cells.map(escapeLatex).join(' & ')} \\\\`

function columns({ align, wrapped }: DocumentTable, before: string): string {
  const letters = align.map((side, column) => {
    if (column === wrapped) return `${before}p{${WRAPPED_WIDTH}\\linewidth}`
    return side === 'right' ? 'r' : 'l'
  })
  return `@{}${letters.join('')}@{}`
}
