// A vitest reporter: writes how many errors no test caught to the file that UNHANDLED_ERRORS names. Its report in JSON has none of them.
import { writeFileSync } from 'node:fs'

export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    writeFileSync(process.env.UNHANDLED_ERRORS, String(errors.length))
  }
}
