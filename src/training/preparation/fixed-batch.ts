/** Lets a model whose file fixes its batch, often at 1, take batches of another size. */
import { UnsupportedError } from '../../core/errors.js'
import type { Initializer, ModelGraph, Node } from '../../graph/graph.js'
import { memoryInitializer } from '../../graph/memory-initializer.js'
import { inferTypes } from '../../operators/infer.js'
import { shapeOf } from '../../operators/known-value.js'
import type { NodeTrace } from '../../operators/trace.js'

/** Operators with sizes of their output among their inputs, and where. */
const SIZED: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1 }

/**
 * Sizes that Reshape and Expand name are changed with the input where they begin with the batch.
 *
 * @returns the model itself where it takes such batches already
 * @throws {UnsupportedError} `E_TRAINING_BATCH` where the model cannot take them
 */
export function withBatchSize(model: ModelGraph, batchSize: number, output?: string): ModelGraph {
  const [input] = model.main.inputs
  const fixed = input?.type?.kind === 'tensor' ? input.type.shape?.[0] : undefined
  if (typeof fixed !== 'number' || fixed === batchSize) return model
  const changed = withOtherSizes(model, fixed, batchSize)
  const { main } = inferTypes(changed)
  const found = shapeOf(main.values.get(output ?? main.outputs[0] ?? ''))?.[0]
  if (found === batchSize) return changed
  throw new UnsupportedError('E_TRAINING_BATCH', `the model is made for batches of ${fixed}, not of ${batchSize}`, {
    hint: `train with batches of ${fixed}, or export the model with a free batch size`,
  })
}

function withOtherSizes(model: ModelGraph, fixed: number, batchSize: number): ModelGraph {
  const { main } = inferTypes(model)
  const constants = new Map<string, Initializer>()
  const nodes = main.nodes.map((trace) => {
    const sizes = sizesOf(trace, fixed)
    if (sizes === undefined) return trace.node
    const position = SIZED[trace.node.operator] ?? 1
    const name = `${trace.node.inputs[position]}/batch ${batchSize} of ${trace.path}`
    constants.set(name, memoryInitializer(name, BigInt64Array.from(sizes.with(0, batchSize), BigInt), [sizes.length]))
    return withInput(trace.node, position, name)
  })
  const inputs = model.main.inputs.map((value) => {
    const { type } = value
    if (type?.kind !== 'tensor' || type.shape?.[0] !== fixed) return value
    return { ...value, type: { ...type, shape: [batchSize, ...type.shape.slice(1)] } }
  })
  const outputs = model.main.outputs.map(({ name }) => ({ name, type: undefined }))
  const initializers = new Map([...model.main.initializers, ...constants])
  return { ...model, main: { ...model.main, inputs, outputs, nodes, initializers, valueInfos: new Map() } }
}

/** @returns the sizes that a node names, where they begin with the batch that its data begin with */
function sizesOf({ node, context, inputs, outputs }: NodeTrace, fixed: number): readonly number[] | undefined {
  const position = node.domain === '' ? SIZED[node.operator] : undefined
  const sizes = position === undefined ? undefined : context.numbers(position)
  const isConstant = inputs[0]?.isConstant === true
  if (sizes?.[0] !== fixed || shapeOf(outputs[0])?.[0] !== fixed) return undefined
  return node.operator === 'Reshape' && (isConstant || shapeOf(inputs[0])?.[0] !== fixed) ? undefined : sizes
}

const withInput = (node: Node, position: number, name: string): Node => ({
  ...node,
  inputs: node.inputs.with(position, name),
})
