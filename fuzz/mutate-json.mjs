// Changes a JSON text that stays JSON: wrong types, absurd sizes, deep nesting, names that point elsewhere.

const DEEP = '@deep@'
const LONGEST = 4 * 2 ** 20
const VALUES = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1e9,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
  '',
  'x',
  '\n\u001b[2J',
  '__proto__',
  'constructor',
  'None',
  'valid',
  'same',
  'linear',
  'channels_first',
  'float16',
  'string',
  [],
  {},
  [null],
  [[]],
  [1e9, 1e9, 1e9],
  [0],
  [-1],
  [null, null, 3],
  { class_name: 'Dense', config: {} },
  { class_name: '__tensor__', config: {} },
  { class_name: [] },
  DEEP,
]

/** @returns a text with some values changed; a text that is no JSON comes back as it is */
export function mutateJson(text, chance) {
  let json
  try {
    json = JSON.parse(text)
  } catch {
    return text
  }
  const root = { json }
  for (let count = 1 + chance.below(3); count > 0; count -= 1) {
    const places = placesIn(root)
    const place = chance.pick(places)
    if (place !== undefined) chance.pick(WAYS)(place, chance, places)
  }
  const changed = shortJson(root.json ?? null)
  if (changed === undefined) return text
  const depth = chance.pick([200, 2000, 20_000])
  return changed.replace(`"${DEEP}"`, '['.repeat(depth) + ']'.repeat(depth))
}

/** Copies of copies grow without end, and make no other file. */
function shortJson(value) {
  try {
    const json = JSON.stringify(value)
    return json.length > LONGEST ? undefined : json
  } catch {
    return undefined // longer than any text can be
  }
}

/** Every place of a value as `{ owner, key }`. */
function placesIn(owner) {
  if (typeof owner !== 'object' || owner === null) return []
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...placesIn(owner[key])])
}

const WAYS = [set, set, set, nudge, nudge, remove, borrow, borrow, borrow, double, rename, many, wrap]

function set({ owner, key }, { pick }) {
  owner[key] = structuredClone(pick(VALUES))
}

function nudge({ owner, key }, { pick, below }) {
  const value = owner[key]
  if (typeof value === 'number') owner[key] = pick([value + 1, value - 1, -value, value * 1000, value / 3, below(10)])
  else if (typeof value === 'string')
    owner[key] = pick([`${value}_1`, value.slice(1), value.toUpperCase(), value.repeat(1000)])
  else if (typeof value === 'boolean') owner[key] = !value
}

function remove({ owner, key }, { below }) {
  if (Array.isArray(owner)) owner.splice(below(owner.length), 1)
  else if (key !== 'json') delete owner[key]
}

/** A name of another layer makes cycles, a layer inside a layer makes depth. */
function borrow({ owner, key }, { pick }, places) {
  const alike = places.filter((place) => typeof place.owner[place.key] === typeof owner[key] && place.key === key)
  const other = pick(alike.length > 1 ? alike : places)
  owner[key] = structuredClone(other.owner[other.key])
}

function double({ owner, key }) {
  if (Array.isArray(owner)) owner.push(structuredClone(owner[key]))
}

function rename({ owner, key }, { pick }, places) {
  if (Array.isArray(owner) || key === 'json') return
  owner[pick(places).key] = owner[key]
  delete owner[key]
}

function many({ owner, key }, { pick }) {
  const size = JSON.stringify(owner[key])?.length ?? 1
  const count = Math.min(pick([10, 300, 20_000]), Math.ceil(2 ** 19 / size))
  // Copies, since a later change of one value that all share would multiply the file.
  owner[key] = Array.from({ length: count }, () => structuredClone(owner[key]))
}

function wrap({ owner, key }, { pick }) {
  owner[key] = pick([
    [owner[key]],
    { value: owner[key] },
    { class_name: 'TimeDistributed', config: { layer: owner[key] } },
  ])
}
