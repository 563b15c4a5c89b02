// Adds up vitest's JSON reports and prints "N passed, N failed" as its last line. A report that is missing counts as a
// failed test, and so does a skipped test: here everything that tests need must be present, but for a native library that no
// package registry has. Files that passed on their second run only are named.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const CANNOT_BE_INSTALLED = /@tensorflow\/tfjs-node is not installed/

let passed = 0
let failed = 0
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    process.stdout.write(`no report ${path}\n`)
    failed += 1
    continue
  }
  const { testResults, success } = JSON.parse(readFileSync(path, 'utf8'))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const count = (wanted) => tests.filter(({ status }) => status === wanted).length
  // A file that cannot be loaded has no tests to fail.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const idle = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  for (const { fullName } of idle) process.stdout.write(`skipped: ${fullName}\n`)
  for (const { name, passedOnSecondRun } of testResults) {
    if (passedOnSecondRun === undefined) continue
    process.stdout.write(`passed on the second run: ${[relative('.', name), ...passedOnSecondRun].join('\n  ')}\n`)
  }
  const lacking = idle.filter(({ fullName }) => !CANNOT_BE_INSTALLED.test(fullName))
  const counted = count('failed') + lacking.length + brokenFiles.length
  passed += count('passed')
  failed += counted === 0 && !success ? 1 : counted
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
