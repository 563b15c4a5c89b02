/** Each operator of PyTorch, by itself, against what PyTorch computes; `make-torch-operators.py` tells how to add cases. */
import { describe, expect, test } from 'vitest'
import { recordedFamilies, wrongWith } from '../../helpers/torch-operators.js'

describe.each(recordedFamilies())('%s', (_, operators) => {
  test.each(operators)('%s gives what PyTorch gives', { timeout: 60_000 }, async (_, calls) => {
    const wrong: string[] = []
    for (const [index, call] of calls.entries()) {
      const reason = await wrongWith(call).catch((error: unknown) => `fails: ${String(error)}`)
      if (reason !== undefined) wrong.push(`case ${index} ${reason}`)
    }
    expect(wrong).toEqual([])
  })
})
