// Damages files of PyTorch: pickles instruction by instruction, programs line by line, archives entry by entry.
import { ABSURD } from './chance.mjs'
import { mutateBytes } from './mutate-bytes.mjs'
import { mutateArchive } from './mutate-zip.mjs'

/** @returns a damaged file; one that is no archive begins with pickles */
export function mutateTorch(bytes, chance, other) {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return mutateArchive(bytes, chance, other, content)
  return chance.happens(0.5) ? mutatePickle(bytes, chance) : mutateBytes(bytes, chance, other)
}

function content(bytes, chance, other, name) {
  if (chance.happens(0.2)) return mutateBytes(bytes, chance, other)
  if (name.endsWith('.pkl')) return mutatePickle(bytes, chance)
  return name.endsWith('.py') ? mutateProgram(bytes, chance) : mutateBytes(bytes, chance, other)
}

/** Instructions without operands, as bytes; what they find on the stack is chance. */
const PLAIN = [...Buffer.from('(012N)]}tldusaebRQ'), 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8f, 0x90, 0x91, 0x93, 0x94]

/** @returns bytes with some instructions put in, left out, or changed */
export function mutatePickle(bytes, chance) {
  let result = Buffer.from(bytes)
  for (let count = 1 + chance.below(4); count > 0; count -= 1) {
    const at = 2 + chance.below(Math.max(1, result.length - 3))
    const inserted = chance.pick(WAYS)(chance)
    result = Buffer.concat([result.subarray(0, at), inserted, result.subarray(at + chance.pick([0, 0, 1, 2, 5]))])
  }
  return result
}

const WAYS = [
  ({ pick }) => Buffer.from([pick(PLAIN)]),
  ({ pick, below }) => Buffer.alloc(1 + below(2000), pick(PLAIN)),
  ({ below }) => Buffer.from([0x68, below(60)]),
  ({ below }) => Buffer.from([0x71, below(60)]),
  ({ pick }) => Buffer.from(`c${pick(GLOBALS)}\n`),
  ({ pick }) => number(0x4a, pick(ABSURD), 4),
  ({ pick }) => number(0x58, pick(ABSURD), 4),
  ({ pick }) => number(0x8b, pick(ABSURD), 4),
  ({ pick }) => number(0x8e, pick(ABSURD), 8),
  // A list that holds itself.
  () => Buffer.from([0x5d, 0x71, 0, 0x68, 0, 0x61]),
]

const GLOBALS = [
  'os\nsystem',
  'torch._utils\n_rebuild_tensor_v2',
  'torch._utils\n_rebuild_parameter',
  'torch._tensor\n_rebuild_from_type_v2',
  'torch._utils\n_rebuild_qtensor',
  'torch\nFloatStorage',
  'torch\nSize',
  'torch.jit._pickle\nrestore_type_tag',
  'collections\nOrderedDict',
  '__torch__\nM',
]

function number(opcode, value, width) {
  const little = Buffer.alloc(8)
  little.writeBigUInt64LE(value)
  return Buffer.concat([Buffer.from([opcode]), little.subarray(0, width)])
}

/** Lines are doubled, swapped, left out or cut, and words take the place of others. */
function mutateProgram(bytes, chance) {
  const lines = bytes.toString('utf8').split('\n')
  for (let count = 1 + chance.below(4); count > 0; count -= 1) {
    const at = chance.below(lines.length)
    const line = lines[at] ?? ''
    lines[at] = chance.pick([
      '',
      `${line}\n${line}`,
      line.slice(0, chance.below(line.length + 1)),
      chance.pick(lines),
      line.replace(/\d+/, String(chance.pick(ABSURD))),
      line.replace(/\w+/g, (word) => (chance.happens(0.2) ? chance.pick(WORDS) : word)),
      `${line}${'('.repeat(chance.pick([1, 300, 20_000]))}`,
      `  while True:\n    x = torch.add(x, x)`,
      `  for i in range(${chance.pick(ABSURD)}):\n    pass`,
    ])
  }
  return Buffer.from(lines.join('\n'))
}

const WORDS = [
  'self',
  'forward',
  'torch',
  'None',
  'True',
  '0',
  '-1',
  '1e400',
  'x',
  'return',
  'if',
  'class',
  '__torch__',
]
