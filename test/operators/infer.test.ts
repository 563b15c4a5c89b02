/** The walk over a model: free sizes, known contents, functions, limits, and what happens where no rule helps. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { float, graphAttribute, int, ints, reference, tensorAttribute } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { evaluate, formatShape } from '../../src/graph/dimension.js'
import { type FunctionDefinition, functionKey, type ModelGraph, type Node } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import type { InputBindings } from '../../src/operators/bindings.js'
import { inferTypes } from '../../src/operators/infer.js'
import { shapeOf } from '../../src/operators/known-value.js'
import type { OperatorFamily } from '../../src/operators/rule.js'
import { OPERATOR_TABLE } from '../../src/operators/table.js'

/** Shape of a value as text; `?` where the rank is not known. */
function shapeIn(model: ModelGraph, name: string, bindings: InputBindings = {}): string {
  const shape = shapeOf(inferTypes(model, bindings).main.values.get(name))
  return shape === undefined ? '?' : formatShape(shape)
}

function build(make: (builder: GraphBuilder) => string, opset = 21): ModelGraph {
  const builder = new GraphBuilder('net')
  builder.output(make(builder))
  return builder.build({ opset })
}

const outputOf = (model: ModelGraph): string => model.main.outputs[0]?.name ?? ''
const outputShape = (model: ModelGraph, bindings: InputBindings = {}): string =>
  shapeIn(model, outputOf(model), bindings)

describe('free sizes', () => {
  const net = build((b) => {
    const x = b.input('x', 'float32', ['N', 3, 'H', 'W'])
    const w = b.initializer('w', new Float32Array(8 * 3 * 9), [8, 3, 3, 3])
    const y = b.node('Conv', [x, w], { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) })
    return b.node('GlobalAveragePool', [b.node('Relu', [y])])
  })

  test('stay expressions through the model', () => {
    const convolved = net.main.nodes[0]?.outputs[0] ?? ''
    expect(shapeIn(net, convolved)).toBe('[N, 8, floor((H + 1) / 2), floor((W + 1) / 2)]')
    expect(outputShape(net)).toBe('[N, 8, 1, 1]')
  })

  test('become numbers when the input is given', () => {
    const bindings = { inputShapes: new Map([['x', [2, 3, 11, 6]]]) }
    expect(shapeIn(net, net.main.nodes[0]?.outputs[0] ?? '', bindings)).toBe('[2, 8, 6, 3]')
  })

  test('of the batch alone become numbers when the batch is given', () => {
    expect(outputShape(net, { batchSize: 5 })).toBe('[5, 8, 1, 1]')
  })

  test('inferred freely and put in later are those inferred from numbers', () => {
    const size = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(size, size, size, (n, h, w) => {
        const free = shapeOf(inferTypes(net).main.values.get(net.main.nodes[0]?.outputs[0] ?? ''))
        const sizes = new Map([
          ['N', n],
          ['H', h],
          ['W', w],
        ])
        const bound = { inputShapes: new Map([['x', [n, 3, h, w]]]) }
        const found = `[${free?.map((dimension) => evaluate(dimension, sizes)).join(', ')}]`
        expect(found).toBe(shapeIn(net, net.main.nodes[0]?.outputs[0] ?? '', bound))
      }),
      { numRuns: 50 },
    )
  })

  test('keep the batch free through a reshape that is computed from the shape', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['N', 3, 8, 8])
      const batch = b.node('Gather', [b.node('Shape', [x]), b.constant(0)], { axis: int(0) })
      const list = b.node('Unsqueeze', [batch, b.constant([0])])
      return b.node('Reshape', [x, b.node('Concat', [list, b.constant([-1])], { axis: int(0) })])
    })
    expect(outputShape(model)).toBe('[N, 192]')
  })

  test('are computed through floats as exporters write it for upsampling', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['N', 3, 'H', 8])
      const height = b.node('Slice', [b.node('Shape', [x]), b.constant([2]), b.constant([4])])
      const scaled = b.node('Mul', [b.node('Cast', [height], { to: int(1) }), b.constant([2, 2], 'float32')])
      const sizes = b.node('Cast', [b.node('Floor', [scaled])], { to: int(7) })
      const all = b.node('Concat', [b.constant([1, 3]), sizes], { axis: int(0) })
      return b.node('Expand', [b.initializer('one', new Float32Array(1), [1]), all])
    })
    expect(outputShape(model)).toBe('[1, 3, 2*H, 16]')
  })

  test('of an Expand whose target is chosen by Where are known', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['N', 1])
      const target = b.node('Concat', [b.node('Shape', [x], { end: int(1) }), b.constant([-1, 7])], { axis: int(0) })
      const isFree = b.node('Equal', [target, b.constant([-1])])
      const ones = b.node('ConstantOfShape', [b.constant([3])], {
        value: tensorAttribute(memoryInitializer('', BigInt64Array.of(1n), [1])),
      })
      return b.node('Expand', [x, b.node('Where', [isFree, ones, target])])
    })
    expect(outputShape(model)).toBe('[N, N, 7]')
  })
})

describe('bindings', () => {
  const two = (first: readonly (string | number)[], second: readonly (string | number)[]): ModelGraph => {
    const builder = new GraphBuilder('net')
    builder.input('a', 'float32', first)
    builder.input('b', 'float32', second)
    return builder
      .output(builder.node('Identity', ['a']))
      .output('b')
      .build()
  }

  test('carry a name over to other inputs', () => {
    expect(shapeIn(two(['N', 3], [4, 'N']), 'b', { batchSize: 2 })).toBe('[4, 2]')
  })

  test('do not take a name that comes twice in a shape for one size', () => {
    expect(shapeIn(two(['D', 3, 'D'], [1]), 'a', { batchSize: 2 })).toBe('[2, 3, D@2]')
  })

  test('do not carry a name over that was given two sizes', () => {
    const model = two(['D', 'E'], [7, 'D'])
    const shapes = new Map([
      ['a', [2, 3]],
      ['b', [7, 5]],
    ])
    expect(shapeIn(model, 'b', { inputShapes: shapes })).toBe('[7, 5]')
  })

  test('leave a fixed first dimension, and say so', () => {
    const model = two([1, 3], [1, 3])
    const { assumptions } = inferTypes(model, { batchSize: 8 })
    expect(shapeIn(model, 'a', { batchSize: 8 })).toBe('[1, 3]')
    expect([...assumptions].join()).toContain('batch size 8 is not applied')
  })

  test.each<[readonly (number | string)[], number]>([
    [[3, 320, 240], 1],
    [[3, 40, 64], 1],
    [[3, 8, 64], 3],
    [[5, 320, 240], 5],
    [['N', 320, 240], 3],
  ])('take one input of %j for a batch of %i', (shape, batchSize) => {
    const builder = new GraphBuilder('net')
    const model = builder.output(builder.node('Relu', [builder.input('x', 'float32', shape)])).build()
    expect(inferTypes(model, { batchSize: 3 }).batchSize).toBe(batchSize)
  })

  test.each<[string, InputBindings, string]>([
    ['an input that is not there', { inputShapes: new Map([['c', [1]]]) }, 'E_INPUT_NAME'],
    ['another rank', { inputShapes: new Map([['a', [1]]]) }, 'E_INPUT_SHAPE'],
    ['another fixed size', { inputShapes: new Map([['a', [1, 4]]]) }, 'E_INPUT_SHAPE'],
    ['a size that is no whole number', { inputShapes: new Map([['a', [1.5, 3]]]) }, 'E_INPUT_SHAPE'],
    ['a batch of none', { batchSize: 0 }, 'E_BATCH_SIZE'],
  ])('refuse %s', (_, bindings, code) => {
    expect(() => inferTypes(two(['N', 3], ['N', 3]), bindings)).toThrow(expect.objectContaining({ code }))
  })
})

describe('where no rule helps', () => {
  const made = (operator: string): ModelGraph => {
    const builder = new GraphBuilder('net')
    const x = builder.input('x', 'float32', ['N', 3])
    const y = builder.node(operator, [x, builder.constant([5, 5])], {}, { outputs: ['y'] })
    builder.annotate(y, 'float32', ['N', 10])
    return builder.output(builder.node('Relu', [y])).build()
  }

  test('the file says the type of an unknown operator, with the batch bound', () => {
    expect(outputShape(made('Mystery'), { batchSize: 4 })).toBe('[4, 10]')
  })

  test('the file says the type when a rule fails, and the failure is kept', () => {
    const [trace] = inferTypes(made('Reshape'), { batchSize: 4 }).main.nodes
    expect(outputShape(made('Reshape'), { batchSize: 4 })).toBe('[4, 10]')
    expect(trace?.failure).toContain('cannot reshape [4, 3] to [5, 5]')
  })

  test('an operator named like a member of every object is unknown too', () => {
    expect(inferTypes(made('constructor')).main.nodes[0]?.rule).toBeUndefined()
    expect(inferTypes(made('__proto__')).main.nodes[0]?.rule).toBeUndefined()
  })

  test('sizes that only the run tells are taken from the file where it has them', () => {
    const builder = new GraphBuilder('net')
    const x = builder.input('x', 'float32', [4])
    const y = builder.node('NonZero', [x], {}, { outputs: ['y'] })
    builder.output(y, 'int64', [1, 2])
    expect(shapeIn(builder.build(), 'y')).toBe('[1, 2]')
  })

  test('rules of a user come with the table', () => {
    const mystery: OperatorFamily = { Mystery: { shape: (context) => [context.inputs[0]], cost: 'free' } }
    const rules = new Map([...OPERATOR_TABLE, ['', { ...OPERATOR_TABLE.get(''), ...mystery }]])
    expect(formatShape(shapeOf(inferTypes(made('Mystery'), {}, rules).main.values.get('y')) ?? [])).toBe('[N, 3]')
  })
})

const standard = new Map([['', 21]])

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  extra: Partial<Node> = {},
): Node {
  return { name: '', operator, domain: '', inputs, outputs, attributes: new Map(), ...extra }
}

function define(name: string, nodes: readonly Node[], more: Partial<FunctionDefinition> = {}): FunctionDefinition {
  return {
    name,
    domain: 'local',
    inputs: ['a'],
    outputs: ['b'],
    attributes: [],
    attributeDefaults: new Map(),
    nodes,
    opsets: standard,
    ...more,
  }
}

function calling(definitions: readonly FunctionDefinition[], attributes = {}): ModelGraph {
  const builder = new GraphBuilder('net')
  const x = builder.input('x', 'float32', ['N', 6])
  builder.output(builder.node(definitions[0]?.name ?? '', [x], attributes, { domain: 'local', outputs: ['y'] }))
  for (const definition of definitions) builder.function(definition)
  return builder.build()
}

describe('functions of the file', () => {
  const split = define(
    'Half',
    [
      node('Split', ['a'], ['b', 'c'], {
        attributes: new Map([
          ['axis', reference('along')],
          ['num_outputs', int(2)],
        ]),
      }),
    ],
    { attributes: ['along'], attributeDefaults: new Map([['along', int(1)]]) },
  )

  test('are looked into, with the attributes of the call', () => {
    expect(shapeIn(calling([split], { along: int(-1) }), 'y')).toBe('[N, 3]')
  })

  test('have the defaults of attributes that the call leaves out', () => {
    expect(shapeIn(calling([split]), 'y')).toBe('[N, 3]')
  })

  test('hand attributes on to functions inside', () => {
    const outer = define(
      'Outer',
      [node('Half', ['a'], ['b'], { domain: 'local', attributes: new Map([['along', reference('axis')]]) })],
      { attributes: ['axis'] },
    )
    expect(shapeIn(calling([outer, split], { axis: int(1) }), 'y')).toBe('[N, 3]')
  })

  test('come before the table for an operator of the standard', () => {
    const own = define('Relu', [node('Flatten', ['a'], ['b'], { attributes: new Map([['axis', int(0)]]) })], {
      domain: '',
    })
    const builder = new GraphBuilder('net')
    builder.function(own).output(builder.node('Relu', [builder.input('x', 'float32', [2, 3])], {}, { outputs: ['y'] }))
    expect(shapeIn(builder.build(), 'y')).toBe('[1, 6]')
  })

  test('that call themselves are refused with their chain', () => {
    const one = define('One', [node('Two', ['a'], ['b'], { domain: 'local' })])
    const two = define('Two', [node('One', ['a'], ['b'], { domain: 'local' })])
    const chain = [one, two, one].map(({ domain, name }) => functionKey(domain, name)).join(' -> ')
    expect(() => inferTypes(calling([one, two]))).toThrow(
      expect.objectContaining({ code: 'E_FUNCTION_RECURSION', message: expect.stringContaining(chain) }),
    )
  })

  test('that unfold without end are refused', () => {
    const levels = Array.from({ length: 24 }, (_, level) => {
      const inner = level === 23 ? 'Relu' : `L${level + 1}`
      const domain = level === 23 ? '' : 'local'
      return define(`L${level}`, [node(inner, ['a'], ['m'], { domain }), node(inner, ['m'], ['b'], { domain })])
    })
    expect(() => inferTypes(calling(levels))).toThrow(expect.objectContaining({ code: 'E_GRAPH_TOO_LARGE' }))
  })

  test('that lie too deep in each other are refused', () => {
    const levels = Array.from({ length: 60 }, (_, level) =>
      define(`L${level}`, [node(`L${level + 1}`, ['a'], ['b'], { domain: 'local' })]),
    )
    expect(() => inferTypes(calling(levels))).toThrow(
      expect.objectContaining({ code: 'E_GRAPH_TOO_DEEP', hint: expect.stringContaining('fewer and shorter') }),
    )
  })
})

describe('constants', () => {
  test('small ones are read, weights are not', () => {
    let reads = 0
    const spied = (name: string, elements: Float32Array | BigInt64Array, shape: readonly number[]) => {
      const initializer = memoryInitializer(name, elements, shape)
      const read = () => {
        reads += 1
        return initializer.data.read()
      }
      return { ...initializer, data: { ...initializer.data, read } }
    }
    const model = build((b) => {
      const w = b.addInitializer(spied('w', new Float32Array(1024), [32, 32]))
      const bias = b.addInitializer(spied('bias', new Float32Array(1024), [1024]))
      const turned = b.node('Transpose', [w])
      return b.node('Add', [
        b.node('Reshape', [turned, b.addInitializer(spied('s', BigInt64Array.of(-1n), [1]))]),
        bias,
      ])
    })
    expect(outputShape(model)).toBe('[1024]')
    expect(reads).toBe(1)
  })

  test.each([
    ['float16', new Uint16Array([0x4100, 0x3c00, 0xc000]), [2.5, 1, -2]],
    ['bfloat16', new Uint16Array([0x3fc0, 0xc080, 0]), [1.5, -4, 0]],
    ['bool', new Uint8Array([1, 0, 2]), [1, 0, 1]],
    ['int64', BigInt64Array.of(-1n, 5n, 2n ** 62n), [-1, 5, 2 ** 62]],
  ] as const)('of %s are decoded', (dtype, elements, expected) => {
    const builder = new GraphBuilder('net')
    builder.output(builder.initializer('c', elements, [3], { dtype }))
    expect(inferTypes(builder.build()).main.values.get('c')?.elements).toEqual(expected)
  })

  test('of floats do not make whole-number arithmetic', () => {
    const model = build((b) => {
      const half = b.node('Div', [b.constant([7], 'float32'), b.constant([2], 'float32')])
      return b.node('ConstantOfShape', [b.node('Cast', [b.node('Ceil', [half])], { to: int(7) })])
    })
    expect(outputShape(model)).toBe('[4]')
    const whole = build((b) => b.node('ConstantOfShape', [b.node('Div', [b.constant([-7]), b.constant([-2])])]))
    expect(outputShape(whole)).toBe('[3]')
  })
})

describe('sub-graphs', () => {
  test('see the values around them', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['N', 4])
      const flag = b.input('flag', 'bool', [])
      const branch = (name: string) => b.subgraph(name, (inner) => inner.output(inner.node('Relu', [x])))
      return b.node('If', [flag], {
        then_branch: graphAttribute(branch('t')),
        else_branch: graphAttribute(branch('e')),
      })
    })
    expect(outputShape(model)).toBe('[N, 4]')
  })

  test('of a condition that is known give the type of the branch taken', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['N', 4])
      const same = b.subgraph('t', (inner) => inner.output(inner.node('Identity', [x])))
      const flat = b.subgraph('e', (inner) => inner.output(inner.node('Flatten', [x], { axis: int(0) })))
      const rank = b.node('Size', [b.node('Shape', [x])])
      const isFlat = b.node('Equal', [rank, b.constant(1)])
      return b.node('If', [isFlat], { then_branch: graphAttribute(same), else_branch: graphAttribute(flat) })
    })
    expect(outputShape(model)).toBe('[1, 4*N]')
  })
})

test('an attribute of the wrong kind makes the rule fail, not the walk', () => {
  const model = build((b) => {
    const x = b.input('x', 'float32', [2, 3])
    return b.node('Flatten', [x], { axis: { kind: 'string', value: 'one' } })
  })
  expect(inferTypes(model).main.nodes[0]?.failure).toBe('Flatten: attribute axis is of kind string, not a number')
})

test('a float attribute may be read where a whole number is meant', () => {
  const model = build((b) => b.node('Flatten', [b.input('x', 'float32', [2, 3, 4])], { axis: float(2) }))
  expect(outputShape(model)).toBe('[6, 4]')
})
