import { describe, expect, test } from 'vitest'
import { exitCodeOf, failureText } from '../../src/cli/failure.js'
import {
  FormatError,
  GreenbenchError,
  InterruptedError,
  MeasurementError,
  ProfilerError,
  UsageError,
} from '../../src/core/errors.js'
import { plainStyle } from '../../src/results/text-style.js'

describe('the exit code', () => {
  test.each([
    ['wrong usage', new UsageError('E_X', 'x'), 2],
    ['a required profiler that is not available', new ProfilerError('E_X', 'x'), 4],
    ['an interruption', new InterruptedError(), 130],
    ['a broken file', new FormatError('E_X', 'x'), 1],
    ['a measurement that cannot be made', new MeasurementError('E_X', 'x'), 1],
    ['a fault of greenbench', new TypeError('x'), 1],
    ['a thrown string', 'x', 1],
  ])('of %s', (_what, error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})

describe('the text of a failure', () => {
  test('is the message and the hint', () => {
    const error = new GreenbenchError('E_X', 'model.onnx is empty', { hint: 'export it again' })
    expect(failureText(error, plainStyle, false)).toBe('greenbench: model.onnx is empty\n  hint: export it again\n')
  })

  test('is one line whatever the message holds', () => {
    const error = new GreenbenchError('E_X', 'line one\n  line two\u001b[2J')
    expect(failureText(error, plainStyle, false)).toBe('greenbench: line one line two\\u001b[2J\n')
  })

  test('asks for a report where greenbench is at fault', () => {
    expect(failureText(new TypeError('x is not a function'), plainStyle, false)).toMatch(
      /^greenbench: unexpected TypeError: x is not a function\n {2}hint: .*--debug.*\n$/,
    )
  })

  test('has the stack and what was underneath with --debug', () => {
    const error = new FormatError('E_X', 'broken', { cause: new RangeError('at byte 7') })
    const text = failureText(error, plainStyle, true)
    expect(text).toMatch(/\n {4}at /)
    expect(text).toContain('RangeError: at byte 7')
  })
})
