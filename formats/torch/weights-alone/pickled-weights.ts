/**
 * Weights in what `torch.save` pickled: a state dict, a checkpoint that holds one among other things, or a whole module.
 *
 * @see https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html
 */
import { entriesOf, entryOf, madeBy, type PickleValue } from '../pickle/pickle-value.js'
import { type StoredTensor, storedTensor } from '../stored-tensor.js'

/** A weight where the pickle has it. */
export interface PickledWeight {
  readonly name: string
  readonly tensor: StoredTensor
}

/** The weights of one model. */
export interface PickledModel {
  readonly weights: readonly PickledWeight[]
  /** Class of the module, where one was pickled. */
  readonly moduleClass: string | undefined
  /** Key of the checkpoint under which it lies; `''` for the whole. */
  readonly key: string
}

/** Where the weights of the model lie in checkpoints, the likeliest first. */
const MODEL_KEYS = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'module', 'params', 'weights', 'ema']
/** What lies beside them: moments of an optimizer are no weights. */
const OTHERS = /optim|sched|scaler|rng|ema|callback|loop|metric|hyper|config|args/i
const DEEPEST = 100

/**
 * @param tensorOf - tells which values are tensors
 * @returns `undefined` where there is no weight
 */
export function pickledModel(
  root: PickleValue,
  tensorOf: (value: PickleValue) => StoredTensor | undefined = storedTensor,
): PickledModel | undefined {
  const isDict = !isModule(root) && entriesOf(root) !== undefined
  if (isDict && isOptimizer(root)) return undefined
  for (const key of isDict ? MODEL_KEYS : []) {
    const value = entryOf(root, key)
    // A tensor of that name is one weight of a state dict, whatever its name.
    if (value === undefined || tensorOf(value) !== undefined) continue
    const weights = weightsIn(value, tensorOf, false)
    if (weights.length > 0) return { weights, key, moduleClass: classOf(value) }
  }
  const weights = weightsIn(root, tensorOf, isDict)
  return weights.length === 0 ? undefined : { weights, key: '', moduleClass: classOf(root) }
}

/** What `torch.optim.Optimizer.state_dict` gives: moments of weights, not weights. */
const isOptimizer = (root: PickleValue): boolean =>
  entryOf(root, 'state') !== undefined && entryOf(root, 'param_groups') !== undefined

const classOf = (value: PickleValue): string | undefined => (isModule(value) ? madeBy(value) : undefined)

/** Every `torch.nn.Module` keeps its parameters under this name. */
function isModule(value: PickleValue): boolean {
  return value.kind === 'object' && entryOf(value.state, '_parameters') !== undefined
}

function weightsIn(
  root: PickleValue,
  tensorOf: (value: PickleValue) => StoredTensor | undefined,
  isDict: boolean,
): PickledWeight[] {
  const found: PickledWeight[] = []
  const seen = new Set<PickleValue>()
  const visit = (value: PickleValue, name: string, depth: number): void => {
    if (depth > DEEPEST || seen.has(value)) return
    seen.add(value)
    const tensor = tensorOf(value)
    if (tensor !== undefined) found.push({ name, tensor })
    else visitParts(value, name, depth)
  }
  // Many objects may share what they hold, which is gone through once.
  const visitParts = (owner: PickleValue, name: string, depth: number): void => {
    const state = owner.kind === 'object' ? owner.state : undefined
    if (state !== undefined && seen.has(state)) return
    if (state !== undefined) seen.add(state)
    for (const part of partsOf(owner)) {
      const isShared = part !== owner && part !== state
      if (isShared && seen.has(part)) continue
      seen.add(part)
      for (const [key, inner] of namedItems(part)) visit(inner, name === '' ? key : `${name}.${key}`, depth + 1)
    }
  }
  const isBeside = (key: string, value: PickleValue) => OTHERS.test(key) && tensorOf(value) === undefined
  for (const [key, value] of isDict ? namedItems(root) : []) if (!isBeside(key, value)) visit(value, key, 1)
  if (!isDict) visit(root, '', 0)
  return withoutTwins(found)
}

/** What holds the things inside: the value itself, or what an object has been given. */
function partsOf(value: PickleValue): readonly PickleValue[] {
  if (value.kind !== 'object' || value.state === undefined) return [value]
  const parts = ['_parameters', '_buffers', '_modules'].map((part) => entryOf(value.state, part))
  if (parts[0] !== undefined) return parts.filter((part) => part !== undefined)
  return [value.entries.length === 0 ? value.state : value]
}

/** What lies inside, by name. */
function namedItems(value: PickleValue): readonly (readonly [string, PickleValue])[] {
  if (value.kind === 'tuple' || value.kind === 'list') return value.items.map((item, index) => [String(index), item])
  return (entriesOf(value) ?? []).flatMap(([key, inner]) =>
    key.kind === 'text' || key.kind === 'int' ? [[String(key.value), inner] as const] : [],
  )
}

/**
 * Tied weights are one parameter, which a pickle of parameters holds as one object. A state dict holds tensors, each of its own:
 * there they are the same elements of the same storage. Any other view of them is a parameter more, as PyTorch counts it.
 */
function withoutTwins(weights: readonly PickledWeight[]): PickledWeight[] {
  const places = new Set<string>()
  return weights.filter(({ tensor: { storage, offset, shape, strides, isParameter } }) => {
    if (storage === undefined || isParameter) return true
    const place = JSON.stringify([storage.key, offset, shape, strides])
    if (places.has(place)) return false
    places.add(place)
    return true
  })
}
