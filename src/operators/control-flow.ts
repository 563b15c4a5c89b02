/** Operators with sub-graphs. Where the run decides, an assumption is stated beside the counts. */
import { ifRule } from './control-flow/if.js'
import { loopRule } from './control-flow/loop.js'
import { scanRule } from './control-flow/scan.js'
import type { OperatorFamily } from './rule.js'

/** If, Loop, Scan. */
export const controlFlow: OperatorFamily = { If: ifRule, Loop: loopRule, Scan: scanRule }
