/** The forms a report can take: one table, and what makes each is loaded only when it is asked for. */
import { extname } from 'node:path'
import type { ResultRecord } from '../../core/record.js'

/** One form of a report. */
export interface ReportFormat {
  /** Of files that get this form when none is asked for; the first stands in examples. */
  readonly extensions: readonly string[]
  /** Completes "the report as ...". */
  readonly description: string
  /** @returns the whole file */
  write(records: readonly ResultRecord[], options: ReportOptions): Promise<string>
}

/** What a report says beside its records. */
export interface ReportOptions {
  /** Heading; made from the models where it is absent. */
  readonly title?: string | undefined
  /** Version of greenbench that writes the report. */
  readonly version: string
}

/** By the word of `--format`. */
export const REPORT_FORMATS = {
  html: {
    extensions: ['.html', '.htm'],
    description: 'one self-contained page',
    write: async (records, options) => (await import('./html-report.js')).htmlReport(records, options),
  },
  'pdf-ready': {
    extensions: [],
    description: 'a page laid out for paper: everything unfolded, light, A4',
    write: async (records, options) =>
      (await import('./html-report.js')).htmlReport(records, { ...options, isForPaper: true }),
  },
  md: {
    extensions: ['.md', '.markdown'],
    description: 'Markdown: the figures and their conditions, without charts',
    write: async (records, options) => (await import('./text-reports.js')).markdownReport(records, options),
  },
  latex: {
    extensions: ['.tex'],
    description: 'a LaTeX file that compiles as it is, with tables by booktabs',
    write: async (records, options) => (await import('./text-reports.js')).latexReport(records, options),
  },
  csv: {
    extensions: ['.csv'],
    description: 'a row for each figure, part of the budget, condition and doubt',
    write: async (records) => (await import('./csv-report.js')).csvReport(records),
  },
} as const satisfies Readonly<Record<string, ReportFormat>>

/** A form of a report, as `--format` names it. */
export type ReportFormatName = keyof typeof REPORT_FORMATS

/** All of them, HTML first. */
export const REPORT_FORMAT_NAMES = Object.keys(REPORT_FORMATS) as readonly ReportFormatName[]

/** @returns the form that a file of this name gets; HTML where its extension says nothing */
export function reportFormatOf(path: string | undefined): ReportFormatName {
  const extension = path === undefined ? '' : extname(path).toLowerCase()
  const fits = (name: ReportFormatName) => (REPORT_FORMATS[name] as ReportFormat).extensions.includes(extension)
  return REPORT_FORMAT_NAMES.find(fits) ?? 'html'
}
