/** A comparison of sides as JUnit XML, which build servers show: one test case a figure; a regression is a failure, too few samples to tell are an error. */
import { printable } from '../printable.js'
import type { Row, SidesReport } from './compare-sides.js'
import { changeText, figureText, methodLines, probabilityText } from './row-text.js'

/** @returns a document that is well-formed whatever the names are */
export function sidesJunit(report: SidesReport): string {
  const { rows } = report
  const failures = rows.filter(({ verdict }) => verdict === 'regression').length
  const errors = rows.filter(({ verdict }) => verdict === 'too few').length
  const head = `name="greenbench" tests="${rows.length}" failures="${failures}" errors="${errors}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite ${head} skipped="0">`,
    ...rows.flatMap((row) => testCase(row, report)),
    `    <system-out>${xmlText(methodLines(report).join('\n'))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(row: Row, { base }: SidesReport): readonly string[] {
  const found = [
    `${figureText(row, row.base)} before (${base}), ${figureText(row, row.now)} now (${row.side})`,
    [changeText(row), probabilityText(row), row.verdict].filter((part) => part !== '').join(', '),
  ].join('\n')
  const open = `<testcase classname="${xmlText(row.case)}" name="${xmlText(`${row.metric.name} of ${row.side}`)}">`
  const outcome = OUTCOMES[row.verdict]
  if (outcome === undefined) {
    return [`    ${open}`, `      <system-out>${xmlText(found)}</system-out>`, '    </testcase>']
  }
  const message = `${row.metric.name} ${changeText(row)}`
  const type = row.verdict.replace(' ', '-')
  return [
    `    ${open}`,
    `      <${outcome} message="${xmlText(message)}" type="${type}">${xmlText(found)}</${outcome}>`,
    '    </testcase>',
  ]
}

/** What build servers stop at: a test that failed, and one that could not be made. */
const OUTCOMES: Partial<Readonly<Record<Row['verdict'], 'failure' | 'error'>>> = {
  regression: 'failure',
  'too few': 'error',
}

/**
 * Lines of text in which control characters, and those that turn text around, are written out.
 *
 * @see https://www.w3.org/TR/xml/#charsets
 */
const xmlText = (text: string): string =>
  text
    .split('\n')
    .map(printable)
    .join('\n')
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
