/** TorchScript stores lists and dicts as calls that tell the types of what is inside. */
import { argumentsOf, madeBy, type PickleValue } from './pickle/pickle-value.js'

const TAGS = /^torch\.jit\._pickle\.(build_(int|double|bool|tensor)list|restore_type_tag)$/

/** @returns the list or dict itself; anything else as it is */
export function withoutTypeTag(value: PickleValue): PickleValue {
  if (value.kind !== 'object' || !TAGS.test(madeBy(value))) return value
  return argumentsOf(value)[0] ?? value
}
