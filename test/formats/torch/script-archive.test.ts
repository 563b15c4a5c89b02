/** What is stored in files of `torch.jit.save`. */
import { expect, test } from 'vitest'
import { openFile } from '../../../formats/random-access-file.js'
import { readScriptArchive } from '../../../formats/torch/read-script-archive.js'
import type { ScriptArchive } from '../../../formats/torch/script-archive.js'
import type { ScriptValue } from '../../../formats/torch/script-value.js'
import { TorchArchive } from '../../../formats/torch/torch-archive.js'
import { GOLDEN, torchFile } from '../../helpers/torch-files.js'

function archiveOf(name: string): ScriptArchive {
  const file = openFile(torchFile(name))
  try {
    return readScriptArchive(new TorchArchive(file))
  } finally {
    file.close()
  }
}

/** The value that a path of attributes leads to. */
function at(root: ScriptValue, path: string): ScriptValue {
  return path.split('.').reduce((value, name) => {
    const inner = value.kind === 'object' ? value.attributes.get(name) : undefined
    if (inner === undefined) throw new Error(`no ${name} in ${path}`)
    return inner
  }, root)
}

const initializerAt = (root: ScriptValue, path: string) => {
  const value = at(root, path)
  return value.kind === 'tensor' ? value.value.initializer : undefined
}

test.each(['scripted.pt', 'traced.pt'])('weights lie in the file, named after their modules: %s', (file) => {
  const { root } = archiveOf(file)
  for (const [name, { shape, dtype, elements }] of Object.entries(GOLDEN.state)) {
    const found = initializerAt(root, name)
    expect({ name, shape: found?.shape, dtype: found?.dtype }).toEqual({ name, shape, dtype })
    expect(Buffer.from(found?.data.read() ?? []).toString('base64')).toBe(elements)
  }
})

test('weights are trained as the module says, buffers are not', () => {
  const { root } = archiveOf('scripted.pt')
  const trained = ['stem.0.weight', 'stem.0.bias', 'stem.1.running_mean', 'shift'].map(
    (path) => initializerAt(root, path)?.trainable,
  )
  expect(trained).toEqual([true, false, false, false])
})

test('tied weights are one, under the first of their names', () => {
  const { root } = archiveOf('scripted.pt')
  expect(at(root, 'second.weight')).toBe(at(root, 'first.weight'))
  expect(initializerAt(root, 'second.weight')?.name).toBe('first.weight')
})

test('plain attributes keep their kinds', () => {
  const { root } = archiveOf('scripted.pt')
  const int = (value: number) => ({ kind: 'int', value })
  expect(at(root, 'scale')).toEqual({ kind: 'float', value: 2 })
  expect(at(root, 'sizes')).toEqual({ kind: 'list', items: [int(1), int(2)] })
  expect(at(root, 'factors')).toMatchObject({ kind: 'list', items: [{ value: 0.5 }, { value: 1.5 }] })
  expect(at(root, 'table')).toEqual({
    kind: 'dict',
    entries: new Map([
      ['a', int(1)],
      ['b', int(2)],
    ]),
  })
  expect(at(root, 'mixed')).toMatchObject({ kind: 'tuple', items: [int(1), { kind: 'float' }, { value: 'three' }] })
  expect(at(root, 'training')).toEqual({ kind: 'bool', value: false })
})

test('the program is text by path, and a trace tells its example', () => {
  const { code, exampleInputs, root, version } = archiveOf('traced.pt')
  expect(root.type).toMatch(/^__torch__\./)
  expect([...code.keys()].every((path) => path.startsWith('__torch__/') && path.endsWith('.py'))).toBe(true)
  expect([...code.values()].join('\n')).toContain('torch._convolution')
  expect(exampleInputs).toEqual(new Map([['forward', [{ dtype: 'float32', shape: [2, 3, 8, 8] }]]]))
  expect(version).toBe('3')
})

test('constants of a program are read, and not trained', () => {
  const { constants } = archiveOf('traced.pt')
  expect(constants.length).toBeGreaterThan(0)
  for (const constant of constants)
    expect(constant.kind === 'tensor' && constant.value.initializer).toMatchObject({ trainable: false })
})
