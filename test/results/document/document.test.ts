import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bibtexOf } from '../../../src/results/document/bibtex.js'
import { type DocumentText, heading, list, paragraph, table } from '../../../src/results/document/document.js'
import { latexFile, latexPart } from '../../../src/results/document/latex.js'
import { escapeLatex } from '../../../src/results/document/latex-escape.js'
import { escapeMarkdown, markdownText } from '../../../src/results/document/markdown.js'
import { plainText } from '../../../src/results/document/plain-text.js'
import { printable } from '../../../src/results/printable.js'
import { plainStyle } from '../../../src/results/text-style.js'

const source = {
  key: 'ember2023',
  text: 'Ember (2023)',
  entry: { type: 'misc', title: 'Data & more', year: '2023' },
} as const
const text: DocumentText = {
  blocks: [
    heading(1, 'What 50% of it_costs'),
    paragraph('It used ', { strong: '612 ± 13 mJ' }, ' by ', { code: 'a_b' }, { cite: 'ember2023' }, '.'),
    ...list([['one'], ['[two]']]),
    ...table({ caption: 'Totals', head: ['', 'kWh'], rows: [['[a] & b', '1|2']], align: ['left', 'right'] }),
  ],
  sources: [source],
}

test('Markdown has headings, cells, numbered sources and entries for BibTeX', () => {
  expect(markdownText(text)).toBe(`# What 50% of it\\_costs

It used **612 ± 13 mJ** by \`a_b\` \\[1\\].

- one
- \\[two\\]

Totals:

|  | kWh |
| :--- | ---: |
| \\[a\\] \\& b | 1\\|2 |

1. Ember (2023)

\`\`\`bibtex
@misc{ember2023,
  title = {{Data \\& more}},
  year = {2023},
}
\`\`\`
`)
})

test('a part for a paper has booktabs and its entries for BibTeX as comments', () => {
  expect(latexPart(text)).toBe(`\\section*{What 50\\% of it\\_costs}

It used \\textbf{612 \\ensuremath{\\pm} 13 mJ} by \\texttt{a\\_b}~\\cite{ember2023}.

\\begin{itemize}
  \\item one
  \\item {[}two{]}
\\end{itemize}

\\begin{table}
\\centering\\footnotesize\\setlength{\\tabcolsep}{4pt}
\\caption{Totals}
\\begin{tabular}{@{}lr@{}}
\\toprule
 & kWh \\\\
\\midrule
{[}a{]} \\& b & 1\\textbar{}2 \\\\
\\bottomrule
\\end{tabular}
\\end{table}

% @misc{ember2023,
%   title = {{Data \\& more}},
%   year = {2023},
% }
`)
})

test('a LaTeX file begins and ends a document, with the sources as bibliography', () => {
  expect(latexFile(text, 'Costs')).toMatch(
    /^\\documentclass[\s\S]*\\bibitem\{ember2023\} Ember \(2023\)[\s\S]*\\end\{document\}\n$/,
  )
})

test('plain text keeps to the width and numbers the sources', () => {
  const drawn = plainText(
    { ...text, blocks: [...text.blocks, paragraph('word '.repeat(60))] },
    { width: 40, style: plainStyle },
  )
  expect(Math.max(...drawn.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40)
  expect(drawn).toContain('612 ± 13 mJ by a_b [1].')
  expect(drawn).toContain('[1] Ember (2023)')
})

/** What LaTeX shows of an escaped text; throws for anything that is still a command or a special character. */
function shownByLatex(escaped: string): string {
  const known: Readonly<Record<string, string>> = {
    ...{ 'textbackslash{}': '\\', 'textasciitilde{}': '~', 'textasciicircum{}': '^', 'textless{}': '<' },
    ...{ 'textgreater{}': '>', 'textbar{}': '|', 'char34{}': '"', 'char96{}': '`', 'ensuremath{\\pm}': '±' },
    ...{
      'ensuremath{\\times}': '×',
      'ensuremath{\\mu}': 'µ',
      'ensuremath{\\cdot}': '·',
      'textendash{}': '–',
      'dots{}': '…',
    },
    'textsubscript{2}': '2',
    'allowbreak{}': '',
  }
  return escaped.replace(
    /\\([#$%&_{}])|\\texttt\{U\+([0-9A-F]+)\}|\\([a-z]+\d*(?:\{[^{}]*\}))|\{([[\]])\}|(\{\})|[\\#$%&_{}~^[\]"`|<>]/g,
    (all, marked?: string, code?: string, command?: string, bracket?: string, nothing?: string) => {
      if (marked !== undefined) return marked
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      if (command !== undefined && known[command] !== undefined) return known[command]
      if (bracket !== undefined) return bracket
      if (nothing !== undefined) return ''
      throw new Error(`${all} is left in ${escaped}`)
    },
  )
}

describe('names out of files', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'\\{}[]#$%&_^~-\'`",?!<>|@:/. CO2e1)*+='), maxLength: 40 }),
  )

  test('are shown by LaTeX as they are', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        expect(shownByLatex(escapeLatex(name))).toBe(printable(name))
      }),
      { numRuns: 2000 },
    )
  })

  test('join to no ligature in LaTeX', () => {
    expect(escapeLatex("--- ,, '' << ?`")).toBe("-{}-{}- ,{}, '{}' \\textless{}\\textless{} ?\\char96{}")
  })

  test('are no markup in Markdown: every mark has a backslash before it', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const escaped = escapeMarkdown(name)
        expect(escaped.replace(/\\([!-/:-@[-`{-~])/g, 'x')).not.toMatch(
          /[\\`*_{}[\]<>#|~$&!@]|:\/\/|^\s*([-+]|\d+[.)])(\s|$)|^\s*(--|==)/,
        )
        expect(escaped.replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(printable(name))
      }),
      { numRuns: 2000 },
    )
  })

  test('cannot end a code span', () => {
    expect(markdownText({ blocks: [paragraph({ code: 'a`` `b`' })], sources: [] })).toBe('``` a`` `b` ```\n')
  })
})

test('a BibTeX entry keeps the capitals of a title', () => {
  expect(bibtexOf(source)).toContain('title = {{Data \\& more}}')
})

describe('a long name in LaTeX', () => {
  test('may break behind its marks, and nothing is added to it', () => {
    expect(escapeLatex('mlcommons__tiny__pretrainedResnet')).toBe(
      'mlcommon\\allowbreak{}s\\_\\_\\allowbreak{}tiny\\_\\_\\allowbreak{}pretrain\\allowbreak{}edResnet',
    )
  })

  test('leaves words of a language and short figures as they are', () => {
    const prose = 'measurements, (of representativeness) took 1,234.5 J'
    expect(escapeLatex(prose)).toBe(prose)
  })

  test('never has more in one piece than the narrowest column holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ0_-./中'), minLength: 25, maxLength: 200 }), (name) => {
        const pieces = escapeLatex(name).split('\\allowbreak{}')
        const shown = pieces.map((piece) => piece.replace(/\\texttt|\\(?=_)|[{}]/g, ''))
        expect(Math.max(...shown.map((piece) => piece.replace(/[_./-]+$/, '').length))).toBeLessThanOrEqual(8)
      }),
    )
  })

  test('is cut in the middle where it would fill pages', () => {
    const rows = [['x'.repeat(5000), '1']]
    const drawn = latexFile(
      { sources: [], blocks: table({ caption: '', head: ['Model', 'J'], rows, align: ['left', 'right'], wrapped: 0 }) },
      'y'.repeat(5000),
    )
    expect(drawn.match(/[xy]/g)?.length).toBeLessThan(500)
  })
})

test('the name of a column takes two lines rather than more room than its figures', () => {
  const blocks = table({
    caption: 'Runs',
    head: ['Model', 'Energy per inference', 'Top-1'],
    rows: [['m', '6 mJ', '5.0%']],
    align: ['left', 'right', 'right'],
  })
  expect(latexPart({ blocks, sources: [] })).toContain(
    'Model & \\begin{tabular}[b]{@{}r@{}}Energy per\\\\inference\\end{tabular} & Top-1 \\\\',
  )
})
