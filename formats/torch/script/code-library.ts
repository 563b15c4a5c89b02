/** Finds the classes and functions of an archive by their qualified names; a file is parsed when first asked for. */
import { parseCode } from './parse-code.js'
import type { ClassDefinition, CodeFile, FunctionDefinition } from './syntax.js'

/** What a qualified name stands for. */
export type Definition =
  | { readonly kind: 'class'; readonly type: string; readonly definition: ClassDefinition }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }

/** The code of one archive. */
export class CodeLibrary {
  readonly #code: ReadonlyMap<string, string>
  readonly #files = new Map<string, CodeFile | undefined>()

  /** @param code - texts by path, e.g. `__torch__/torch/nn/modules/conv.py` */
  constructor(code: ReadonlyMap<string, string>) {
    this.#code = code
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
    const text = this.#code.get(path)
    const file = text === undefined ? undefined : parseCode(text, path)
    this.#files.set(module, file)
    return file
  }
}
