// ajv writes one function for a schema. That of a record would be so large that V8 never optimises it, and it takes four
// times as long as the same schema in parts.

const NESTED = ['items', 'anyOf', 'additionalProperties']
const ANY_NAME = '^.*$'

/**
 * @param schema - without `$ref`
 * @returns the same schema with each object in it as a definition of its own, equal ones once. A record of any names checks
 *   them without a regular expression, so those with line breaks too
 */
export function splitSchema(schema) {
  const definitions = new Map()
  const referTo = (part) => {
    const text = JSON.stringify(part)
    const name = definitions.get(text)?.name ?? `part${definitions.size}`
    definitions.set(text, { name, part })
    return { $ref: `#/$defs/${name}` }
  }
  const split = withSplitParts(schema, referTo)
  return { ...split, $defs: Object.fromEntries([...definitions.values()].map(({ name, part }) => [name, part])) }
}

function withSplitParts(schema, referTo) {
  const splitPart = (part) => {
    if (Array.isArray(part)) return part.map(splitPart)
    if (typeof part !== 'object') return part
    const split = withSplitParts(part, referTo)
    return split.type === 'object' ? referTo(split) : split
  }
  const { patternProperties, ...rest } = schema
  const { [ANY_NAME]: ofAnyName, ...patterns } = patternProperties ?? {}
  const split = { ...rest }
  if (patternProperties !== undefined) {
    if (ofAnyName === undefined || Object.keys(patterns).length > 0)
      throw new Error('names that follow a pattern are not split')
    split.additionalProperties = ofAnyName
  }
  for (const name of NESTED) if (split[name] !== undefined) split[name] = splitPart(split[name])
  if (rest.properties !== undefined) {
    split.properties = Object.fromEntries(
      Object.entries(rest.properties).map(([name, part]) => [name, splitPart(part)]),
    )
  }
  return split
}
