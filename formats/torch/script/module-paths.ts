/** Where the objects of a model lie in it, for the names of nodes. */
import type { ScriptObject } from '../script-value.js'

/** Paths of modules, e.g. `layer1.0.conv1`. */
export class ModulePaths {
  readonly #paths = new Map<ScriptObject, string>()

  constructor(root: ScriptObject) {
    const waiting: [ScriptObject, string][] = [[root, '']]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [object, path] = next
      if (this.#paths.has(object)) continue
      this.#paths.set(object, path)
      for (const [name, value] of [...object.attributes].reverse()) {
        if (value.kind === 'object') waiting.push([value, path === '' ? name : `${path}.${name}`])
      }
    }
  }

  /** @returns `undefined` for an object that the program made */
  of(object: ScriptObject): string | undefined {
    return this.#paths.get(object)
  }

  /**
   * @param operator - as PyTorch calls it, e.g. `add_`
   * @returns a name for what a module does: its path, and the operator where other modules lie in it
   */
  nodeName(object: ScriptObject | undefined, operator: string): string {
    const path = (object && this.#paths.get(object)) ?? ''
    const hasModules = object === undefined || [...object.attributes.values()].some(({ kind }) => kind === 'object')
    if (path !== '' && !hasModules) return path
    const plain = operator.replace(/^_+|_+$/g, '') || operator
    return path === '' ? plain : `${path}.${plain}`
  }
}
