/** A comparison of sides as JUnit XML, which build servers show: one test case a figure; a regression is a failure, too few samples are skipped. */
import { printable } from '../printable.js'
import type { Row, SidesReport } from './compare-sides.js'
import { changeText, figureText, methodLines, probabilityText } from './row-text.js'

/** @returns a document that is well-formed whatever the names are */
export function sidesJunit(report: SidesReport): string {
  const { rows } = report
  const failures = rows.filter(({ verdict }) => verdict === 'regression').length
  const skipped = rows.filter(({ verdict }) => verdict === 'too few').length
  const head = `name="greenbench" tests="${rows.length}" failures="${failures}" errors="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite ${head} skipped="${skipped}">`,
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
  const message = `${row.metric.name} ${changeText(row)}`
  if (row.verdict === 'too few') {
    return [`    ${open}`, '      <skipped message="too few samples to tell"></skipped>', '    </testcase>']
  }
  return row.verdict === 'regression'
    ? [
        `    ${open}`,
        `      <failure message="${xmlText(message)}" type="regression">${xmlText(found)}</failure>`,
        '    </testcase>',
      ]
    : [`    ${open}`, `      <system-out>${xmlText(found)}</system-out>`, '    </testcase>']
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
