// Adds up vitest's JSON reports and prints "N passed, N failed" as its last line. A report that is missing counts as a
// failed test, and so does a skipped test: here everything that tests need must be present.
import { existsSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    process.stdout.write(`no report ${path}\n`)
    failed += 1
    continue
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults, success } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  // A file that cannot be loaded has no tests to fail.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const skipped = numPendingTests + numTodoTests
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped in ${path}\n`)
  const counted = numFailedTests + skipped + brokenFiles.length
  passed += numPassedTests
  failed += counted === 0 && !success ? 1 : counted
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
