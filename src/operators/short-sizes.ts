/** Gives new names to sizes whose expressions have grown long, so that inference can go on with what they stand for. */
import { UnsupportedError } from '../core/errors.js'
import type { Dimension } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import type { NodeView } from './node-view.js'
import type { KnownValue } from './rule.js'

/** @returns whether arithmetic of dimensions gave up because the expression became too long */
export function isTooLong(error: unknown): boolean {
  return error instanceof UnsupportedError && error.code === 'E_DIMENSION_TOO_LONG'
}

/** @returns the same node with inputs in which every size that is more than one name is a name of its own */
export function withShortSizes(context: NodeView): NodeView {
  const names = new Map<string, Dimension>()
  const shorten = (size: Dimension): Dimension => {
    if (typeof size === 'number' || isShort(size)) return size
    const name = names.get(size.text) ?? context.unknownDimension(context.node.operator, size)
    names.set(size.text, name)
    return name
  }
  const inputs = context.inputs.map((value) => value && shortened(value, shorten))
  return context.withInputs(inputs)
}

function isShort({ terms }: Exclude<Dimension, number>): boolean {
  return terms.length === 1 && terms[0]?.atoms.length === 1 && terms[0].atoms[0]?.kind === 'name'
}

function shortened(value: KnownValue, shorten: (size: Dimension) => Dimension): KnownValue {
  if (value.isConstant === true) return value
  const elements = value.elements?.map((element) => (typeof element === 'string' ? element : shorten(element)))
  return { ...value, type: shortenedType(value.type, shorten), elements }
}

function shortenedType(type: ValueType | undefined, shorten: (size: Dimension) => Dimension): ValueType | undefined {
  return type?.kind === 'tensor' ? { ...type, shape: type.shape?.map(shorten) } : type
}
