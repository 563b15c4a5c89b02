/** A report as text that other programs set. */
import type { ResultRecord } from '../../core/record.js'
import { heading } from '../document/document.js'
import { latexFile } from '../document/latex.js'
import { markdownText } from '../document/markdown.js'
import { reportDocument, reportTitle } from './report-document.js'
import type { ReportOptions } from './report-formats.js'

/** @returns Markdown with the title as its first heading */
export function markdownReport(records: readonly ResultRecord[], options: ReportOptions): string {
  const { blocks, sources } = reportDocument(records, options)
  const lower = blocks.map((block) =>
    block.kind === 'heading' && block.level === 1 ? { ...block, level: 2 as const } : block,
  )
  return markdownText({ blocks: [heading(1, reportTitle(records, options)), ...lower], sources })
}

/** @returns a file that pdfLaTeX compiles as it is */
export const latexReport = (records: readonly ResultRecord[], options: ReportOptions): string =>
  latexFile(reportDocument(records, options), reportTitle(records, options))
