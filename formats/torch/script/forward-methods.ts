/** Which methods a saved module is called by. */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import type { ScriptArchive } from '../script-archive.js'
import type { CodeLibrary } from './code-library.js'
import { dottedName } from './follow-expression.js'
import type { FunctionDefinition } from './syntax.js'

/**
 * @returns `forward`; where it is overloaded all of its forms, those first that read no packed sequence
 * @throws {FormatError} `E_TORCH_CODE` where the file lacks the code of its module
 * @throws {UnsupportedError} `E_TORCH_FORWARD` where the module has no such method
 */
export function forwardsOf({ root, path }: ScriptArchive, library: CodeLibrary): readonly FunctionDefinition[] {
  const definition = library.findClass(root.type)
  if (definition === undefined) {
    throw new FormatError('E_TORCH_CODE', `${path} holds no code of its class ${quoted(root.type)}`, {
      hint: 'the file is damaged: save the model again with torch.jit.save',
    })
  }
  const forward = definition.methods.get('forward')
  if (forward !== undefined) return [forward]
  const overloads = [...definition.methods.values()].filter(({ name }) => /^forward__\d+$/.test(name))
  if (overloads.length > 0) return overloads.sort((left, right) => Number(isPacked(left)) - Number(isPacked(right)))
  const others = [...definition.methods.keys()].slice(0, 5).map(quoted).join(', ')
  throw new UnsupportedError('E_TORCH_FORWARD', `${path} has no method "forward"`, {
    hint:
      others === ''
        ? 'save the module that is called'
        : `its methods are ${others}: save a module whose forward calls them`,
  })
}

const isPacked = ({ parameters }: FunctionDefinition): boolean =>
  parameters.some(({ type }) => type !== undefined && dottedName(type)?.endsWith('.PackedSequence') === true)
