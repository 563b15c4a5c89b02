/** Operators that a user wrote between layers, in the three ways in which Keras has kept them. */
import { quoted } from '../../../src/core/quoted.js'
import { TensorArgument } from '../call-arguments.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { ARRANGEMENTS } from './arrangement.js'
import { BINARY } from './binary.js'
import { INDEXING } from './indexing.js'
import { JOININGS } from './joining.js'
import { Operation, type OperatorConverter } from './operation.js'
import { PRODUCTS } from './product.js'
import { REDUCTIONS } from './reduction.js'
import { SELECTIONS } from './selection.js'
import { SHAPES } from './shape.js'
import { UNARY } from './unary.js'

const OPERATORS: ReadonlyMap<string, OperatorConverter> = new Map([
  ...UNARY,
  ...BINARY,
  ...SELECTIONS,
  ...REDUCTIONS,
  ...SHAPES,
  ...JOININGS,
  ...ARRANGEMENTS,
  ...INDEXING,
  ...PRODUCTS,
])

/** Keras 3: the operator's own class; settings stand in its config. */
export const kerasOperation: LayerConverter = (call) => {
  const { positional, keywords } = call.arguments
  return convert(call, call.state.className, positional, { ...call.config.all(), ...keywords })
}

/** tf.keras from 2.4: a function of TensorFlow by name, with its arguments by theirs. */
export const tfOpLambda: LayerConverter = (call) => {
  const { positional, keywords } = call.arguments
  return convert(call, call.config.text('function') ?? '', positional, keywords)
}

/** tf.keras before 2.4: a node of TensorFlow; inputs that are constants stand in the config, by their places. */
export const tensorFlowOpLayer: LayerConverter = (call) => {
  const definition = call.config.object('node_def')
  const constants = call.config.object('constants')?.all() ?? {}
  const tensors = call.inputs.map((input) => new TensorArgument(input))
  const count = tensors.length + Object.keys(constants).length
  const inputs = Array.from({ length: Math.min(count, 64) }, (_, index) => constants[String(index)] ?? tensors.shift())
  const operator = definition?.text('op') ?? 'no operator'
  // A list of tensors and the axis behind it.
  const isJoin = operator === 'ConcatV2' || operator === 'Concat'
  const positional = isJoin ? [inputs.filter((value) => value instanceof TensorArgument)] : inputs
  const axis = isJoin ? { axis: inputs.find((value) => typeof value === 'number') } : {}
  return convert(call, operator, positional, { ...attributesOf(definition?.object('attr')?.all() ?? {}), ...axis })
}

/** `{ keep_dims: { b: true } }` as `{ keep_dims: true }`. */
function attributesOf(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      if (typeof value !== 'object' || value === null) return []
      const { b, i, f } = value as { b?: unknown; i?: unknown; f?: unknown }
      const plain = b ?? f ?? (i === undefined ? undefined : Number(i))
      return plain === undefined ? [] : [[name, plain]]
    }),
  )
}

function convert(
  call: LayerCall,
  name: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): ReturnType<OperatorConverter> {
  const converter = OPERATORS.get(plainName(name))
  if (converter === undefined) throw call.refuse(`its operator ${quoted(name)} is not known`)
  return converter(new Operation(call, positional, named))
}

/** @returns whether there is a converter for an operator of that name */
export const isKnownOperator = (name: string): boolean => OPERATORS.has(plainName(name))

/** `math.reduce_mean`, `__operators__.getitem`, `ExpandDims` and `AddV2` by their names alone. */
function plainName(name: string): string {
  const last = name.split('.').at(-1) ?? name
  const plain = last.replace(/^__/, '').replace(/__$/, '').replaceAll('_', '').toLowerCase()
  return OPERATORS.has(plain) ? plain : plain.replace(/v\d$/, '')
}
