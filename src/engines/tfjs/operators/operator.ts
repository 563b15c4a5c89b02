/** A row of the table of operators: how to plan a node, and which kernels the backend needs for it. */
import type { OperatorPlan } from '../operator-call.js'

/** One operator. */
export interface TfjsOperator {
  readonly plan: OperatorPlan
  /** Names by which TensorFlow.js registers kernels, those of every form that the plan may take. */
  readonly kernels: readonly string[]
}

/** Operators of one family by name. */
export type TfjsOperators = Readonly<Record<string, TfjsOperator>>

/** @returns a row of the table */
export const operator = (plan: OperatorPlan, ...kernels: readonly string[]): TfjsOperator => ({ plan, kernels })
