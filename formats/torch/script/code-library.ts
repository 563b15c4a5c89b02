/** Finds the classes and functions of an archive by their qualified names; files are read and parsed when first asked for. */
import { parseCode } from './parse-code.js'
import { brokenCode } from './script-errors.js'
import type { ClassDefinition, CodeFile, FunctionDefinition } from './syntax.js'
import { LONGEST_CODE } from './tokens.js'

/** What a qualified name stands for. */
export type Definition =
  | { readonly kind: 'class'; readonly type: string; readonly definition: ClassDefinition }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }

/** The code of one archive. */
export class CodeLibrary {
  readonly #readCode: (path: string) => string | undefined
  readonly #files = new Map<string, CodeFile | undefined>()
  #characters = 0

  constructor(readCode: (path: string) => string | undefined) {
    this.#readCode = readCode
  }

  /**
   * @param name - e.g. `__torch__.torch.nn.functional.relu`
   * @throws {FormatError} `E_TORCH_CODE` where the file is broken
   */
  find(name: string): Definition | undefined {
    const dot = name.lastIndexOf('.')
    const file = dot < 0 ? undefined : this.#file(name.slice(0, dot))
    const short = name.slice(dot + 1)
    const ofClass = file?.classes.get(short)
    if (ofClass !== undefined) return { kind: 'class', type: name, definition: ofClass }
    const ofFunction = file?.functions.get(short)
    return ofFunction === undefined ? undefined : { kind: 'function', definition: ofFunction }
  }

  findClass(type: string): ClassDefinition | undefined {
    const found = this.find(type)
    return found?.kind === 'class' ? found.definition : undefined
  }

  #file(module: string): CodeFile | undefined {
    if (this.#files.has(module)) return this.#files.get(module)
    const path = `${module.replaceAll('.', '/')}.py`
    const text = this.#readCode(path)
    this.#characters += text?.length ?? 0
    if (this.#characters > 4 * LONGEST_CODE)
      throw brokenCode({ file: path, line: 1 }, 'the archive holds too much code')
    const file = text === undefined ? undefined : parseCode(text, path)
    this.#files.set(module, file)
    return file
  }
}
