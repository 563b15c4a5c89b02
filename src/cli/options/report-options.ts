/** What `greenbench report` can be told. */
import { REPORT_FORMAT_NAMES } from '../../results/report/report-formats.js'
import { choice, flag, words } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { output } from './option-group.js'
import { file, quietOutput } from './output-options.js'

/** Options of `greenbench report <result.json...>`; they stand on the command line alone. */
export const REPORT_OPTIONS = {
  output: output(file('report.html'), 'file', 'write the report there (default: standard output)', { short: 'o' }),
  format: output(
    choice(REPORT_FORMAT_NAMES),
    'name',
    `${REPORT_FORMAT_NAMES.join(', ')} (default: by the end of the file's name, else html)`,
  ),
  title: output(words('a heading', 'Our classifiers'), 'text', 'heading of the report'),
  plot: output(flag, undefined, 'draw charts in the terminal; the report is then written only where -o says'),
  quiet: quietOutput('do not say what was written'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const
