/** Every operator of PyTorch that can be put into ONNX words. */
import type { OperatorRule, OperatorRules } from '../operator-call.js'

/** Each file of rules; a name may stand in one of them only. */
const PARTS: readonly OperatorRules[] = []

const RULES: ReadonlyMap<string, OperatorRule> = new Map(PARTS.flatMap((part) => Object.entries(part)))

/** @returns the rule of an operator of `aten`; `undefined` for one that is not known */
export const findOperator = (name: string): OperatorRule | undefined => RULES.get(name)
