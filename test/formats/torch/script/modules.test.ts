/** Whole modules against what PyTorch computes with them; `make-torch-script.py` tells how to add one. */
import { describe, expect, test } from 'vitest'
import { GreenbenchError } from '../../../../src/core/errors.js'
import { countGraph } from '../../../../src/operators/count.js'
import { graphOf, type RecordedModule, recordedModules, wrongInRun } from '../../../helpers/torch-script.js'

const modules = [...recordedModules()]

describe('a module of TorchScript gives what PyTorch gives', () => {
  test.each(modules.filter(([, { refused }]) => refused === undefined))(
    '%s',
    { timeout: 60_000 },
    async (_, module) => {
      const graph = graphOf(module)
      const wrong = []
      for (const run of module.runs) wrong.push(await wrongInRun(graph, run))
      expect(wrong.filter((text) => text !== undefined)).toEqual([])
    },
  )
})

describe('a module of TorchScript has as many trained weights as in PyTorch', () => {
  test.each(modules.filter(([, { refused, trainable }]) => refused === undefined && trainable > 0))(
    '%s',
    (_, module) => {
      const { counts } = countGraph(graphOf(module), { batchSize: 1 })
      expect(counts.parameters.trainable).toBe(module.trainable)
    },
  )
})

describe('a module that no graph can hold is refused in one line', () => {
  test.each(modules.filter(([, { refused }]) => refused !== undefined))('%s', (_, module) => {
    expect(codeOf(module)).toBe(module.refused)
  })
})

function codeOf(module: RecordedModule): string | undefined {
  try {
    graphOf(module)
    return undefined
  } catch (error) {
    return error instanceof GreenbenchError ? error.code : String(error)
  }
}
