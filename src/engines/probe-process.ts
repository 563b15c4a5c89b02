/** A process of its own that tries one engine: native libraries may write to the terminal or end the process. */
import { engineFacts } from './engine-facts.js'
import { engineNames } from './engine-names.js'

const [name] = engineNames(process.argv.slice(2, 3))
if (name !== undefined) process.stdout.write(`${JSON.stringify(await engineFacts(name))}\n`, () => process.exit(0))
