import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environmentName, flagOf, type OptionList } from '../../src/cli/option-definition.js'
import { COMPARE_OPTIONS } from '../../src/cli/options/compare-options.js'
import { CONVERT_OPTIONS } from '../../src/cli/options/convert-options.js'
import { EXPORT_OPTIONS } from '../../src/cli/options/export-options.js'
import { INSPECT_OPTIONS } from '../../src/cli/options/inspect-options.js'
import { MEASURE_OPTIONS } from '../../src/cli/options/measure-options.js'
import { GENERAL } from '../../src/cli/options/option-group.js'
import { REPLAY_OPTIONS } from '../../src/cli/options/replay-options.js'
import { STATEMENT_OPTIONS } from '../../src/cli/options/statement-options.js'
import { TRAIN_OPTIONS } from '../../src/cli/options/train-options.js'
import { parseCommandLine } from '../../src/cli/program.js'
import { CHECKOUT } from '../helpers/run-cli.js'

const readme = readFileSync(join(CHECKOUT, 'README.md'), 'utf8')
const carbonPage = readFileSync(join(CHECKOUT, 'docs', 'carbon.md'), 'utf8')
const trainingPage = readFileSync(join(CHECKOUT, 'docs', 'training.md'), 'utf8')
const comparePage = readFileSync(join(CHECKOUT, 'docs', 'compare.md'), 'utf8')
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(CHECKOUT, 'package.json'), 'utf8'),
)

test('README and docs/carbon.md name every option', () => {
  const all: OptionList = { ...MEASURE_OPTIONS, ...INSPECT_OPTIONS, ...CONVERT_OPTIONS, ...REPLAY_OPTIONS }
  const flags = Object.entries(all).map(([name, { text, isSecret }]) => {
    if (isSecret === true) return environmentName(name)
    return text === undefined ? `--no-${name}` : flagOf(name)
  })
  expect(flags.filter((flag) => !(readme + carbonPage).includes(`\`${flag}`))).toEqual([])
})

test('the README shows how each command is used', () => {
  let help = ''
  parseCommandLine(['--help'], '0', (text) => {
    help += text
  })
  const commandsOf = (text: string) => new Set(text.match(/(?<=^(?:Usage:)?\s*greenbench )[a-z]+(?= )/gm))
  const usage = /## Options\n\n```\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const shown = commandsOf(usage)
  expect([...commandsOf(help)].filter((command) => !shown.has(command))).toEqual([])
  expect(shown).toContain('compare')
})

test('docs/training.md names every option that only greenbench train has', () => {
  const own = Object.keys(TRAIN_OPTIONS).filter((name) => !Object.hasOwn(MEASURE_OPTIONS, name))
  expect(own.map(flagOf).filter((flag) => !trainingPage.includes(`\`${flag}`))).toEqual([])
})

test('docs/compare.md names every option of greenbench compare', () => {
  const flags = Object.entries(COMPARE_OPTIONS).flatMap(([name, { text, group }]) =>
    text === undefined || group === GENERAL || name === 'quiet' ? [] : [flagOf(name)],
  )
  expect(flags.filter((flag) => !comparePage.includes(`\`${flag}`))).toEqual([])
})

test.each([
  ['docs/export.md', EXPORT_OPTIONS],
  ['docs/carbon.md', STATEMENT_OPTIONS],
] as const)('%s names every option of its command', (page, options: OptionList) => {
  const text = readFileSync(join(CHECKOUT, page), 'utf8')
  const flags = Object.entries(options).flatMap(([name, { text: help, isSecret, group, environmentAlias }]) => {
    if (isSecret === true) return [environmentAlias ?? environmentName(name)]
    return help === undefined || group === GENERAL || name === 'quiet' ? [] : [flagOf(name)]
  })
  expect(flags.filter((flag) => !text.includes(flag))).toEqual([])
})

test('the README says of every dependency what it saves', () => {
  expect(Object.keys(dependencies).filter((name) => !readme.includes(`| \`${name}\``))).toEqual([])
})
