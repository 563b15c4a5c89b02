/** EinsumDense: a product of the input and a kernel as an equation says. @see https://keras.io/api/layers/core_layers/einsum_dense/ */
import { text } from '../../../src/graph/attributes.js'
import { activate } from '../activations.js'
import type { KerasShape } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'

/** An equation with a letter for each axis; those that `...` stood for have capitals. */
interface Equation {
  readonly input: string
  readonly kernel: string
  readonly output: string
  /** Letters of the output whose sizes `output_shape` gives. */
  readonly given: string
  readonly hasEllipsisBehind: boolean
}

const CAPITALS = 'ABCDEFGHIJKLMNOP'

export const einsumDense: LayerConverter = (call) => {
  const { config, graph } = call
  const input = graph.logical(call.input)
  const equation = readEquation(call, input.shape.length)
  const sizes = sizesOf(call, equation, input.shape)
  const sizeOf = (letter: string): number => {
    const size = sizes.get(letter)
    if (size === undefined) throw call.refuse(`the size of axis ${letter} of its equation is not known`)
    return size
  }
  const kernel = call.weight(0, 'kernel', [...equation.kernel].map(sizeOf))
  const bias = config.text('bias_axes')
  const made = product(call, equation, input.name, kernel)
  const name = bias === undefined ? made : graph.node('Add', [made, biasOf(call, equation, bias, sizeOf)])
  const shape = [...equation.output].map((letter) => sizes.get(letter))
  const keepsSteps = equation.output[1] === equation.input[1]
  return activate(
    call,
    call.made(name, shape, keepsSteps ? input : { ...input, mask: undefined }),
    config.get('activation'),
  )
}

function readEquation(call: LayerCall, rank: number): Equation {
  const written = (call.config.text('equation') ?? '').replaceAll(' ', '')
  const parts = /^((?:\.\.\.)?[a-z]+(?:\.\.\.)?),([a-z]+)->((?:\.\.\.)?[a-z]+(?:\.\.\.)?)$/i.exec(written)
  const [, left = '', kernel = '', right = ''] = parts ?? []
  const letters = left.replace('...', '')
  const elided = CAPITALS.slice(0, Math.max(0, rank - letters.length))
  const [input, output] = [left.replace('...', elided), right.replace('...', elided)]
  const isClash = left.includes('...') && /[A-Z]/.test(letters + kernel)
  if (parts === null || input.length !== rank || isClash)
    throw call.refuse(`its equation is ${JSON.stringify(written.slice(0, 60))}`)
  const own = right.replace('...', '')
  const given = left.startsWith('...') ? own : own.slice(1)
  return { input, kernel, output, given, hasEllipsisBehind: right.endsWith('...') }
}

function sizesOf(call: LayerCall, equation: Equation, shape: KerasShape): ReadonlyMap<string, number> {
  const value = call.config.get('output_shape')
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const given = [...equation.given].map((letter, index) => [letter, list[index]] as const)
  const known = [...equation.input].map((letter, axis) => [letter, shape[axis]] as const)
  return new Map([...given, ...known].filter((pair): pair is [string, number] => Number.isInteger(pair[1])))
}

/** The usual case, one axis for another at the end, is a matrix product. */
function product(call: LayerCall, { input, kernel, output }: Equation, tensor: string, weight: string): string {
  const isMatrix = kernel.length === 2 && input.endsWith(kernel[0] ?? '') && output === input.slice(0, -1) + kernel[1]
  if (isMatrix && input.length > 1) return call.node('MatMul', [tensor, weight])
  return call.node('Einsum', [tensor, weight], { equation: text(`${input},${kernel}->${output}`) })
}

/** The bias reaches from the first of its axes to the end, with ones between. */
function biasOf(
  call: LayerCall,
  { output, hasEllipsisBehind }: Equation,
  axes: string,
  sizeOf: (letter: string) => number,
): string {
  const first = Math.min(...[...axes].map((letter) => output.indexOf(letter)))
  if (first < 0 || axes === '') throw call.refuse(`bias_axes is ${JSON.stringify(axes.slice(0, 60))}`)
  const letters = [...output.slice(first)].filter((letter) => !hasEllipsisBehind || !CAPITALS.includes(letter))
  const behind = output.length - first - letters.length
  const shape = letters.map((letter) => (axes.includes(letter) ? sizeOf(letter) : 1))
  return call.weight(1, 'bias', [...shape, ...Array.from({ length: behind }, () => 1)])
}
