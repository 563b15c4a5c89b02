// Runs the tests: `node .ci/run-tests.mjs REPORT [option of vitest ...]`, on the Node that runs this script. A busy machine may
// fail a test that is right, so a few files with failed tests are run once more, each alone; what then passes counts as
// passed, and the report names it. What fails twice fails. So does a run with many failures or an error that no test caught.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const MOST_FILES = 5
const MOST_MINUTES = 35
const local = (path) => fileURLToPath(new URL(path, import.meta.url))
const [report, ...options] = process.argv.slice(2)

/** @returns vitest's report in JSON; `undefined` where there is none, or the run failed by more than its tests */
function run(path, files, more, environment = {}) {
  const errors = `${path}.errors`
  for (const old of [path, errors]) rmSync(old, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--reporter=${local('unhandled-errors.mjs')}`]
  const args = [local('../node_modules/vitest/vitest.mjs'), 'run', ...files, ...options, ...more, ...reporters]
  const { status } = spawnSync(process.execPath, [...args, `--outputFile.json=${path}`], {
    stdio: 'inherit',
    timeout: MOST_MINUTES * 60_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...environment, UNHANDLED_ERRORS: errors },
  })
  if (!existsSync(path) || !existsSync(errors) || readFileSync(errors, 'utf8') !== '0') return undefined
  const found = JSON.parse(readFileSync(path, 'utf8'))
  return status === 0 || failedFiles(found).length > 0 ? found : undefined
}

const failedFiles = ({ testResults }) => testResults.filter(({ status }) => status === 'failed')

/** @returns the file's results of a run of its own; `undefined` where it fails again */
function runAlone({ name, assertionResults }) {
  process.stdout.write(`\nsecond run: ${relative('.', name)}\n`)
  const again = run(`${report}.again`, [name], ['--no-file-parallelism'], { GREENBENCH_TEST_SKIP_BUILD: '1' })
  const result = again?.testResults.find((one) => one.name === name)
  if (result?.status !== 'passed' || result.assertionResults.length < assertionResults.length) return undefined
  const failed = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)
  return { ...result, passedOnSecondRun: failed }
}

const first = run(report, [], [])
if (first === undefined) process.exit(1)
const failed = failedFiles(first)
if (failed.length === 0) process.exit(0)
if (failed.length > MOST_FILES) process.exit(1)
const repeated = new Map(failed.map((file) => [file.name, runAlone(file)]))
const testResults = first.testResults.map((file) => repeated.get(file.name) ?? file)
const success = failedFiles({ testResults }).length === 0
writeFileSync(report, JSON.stringify({ ...first, testResults, success }))
process.exit(success ? 0 : 1)
