export * from './gradient-rule.js'
export * from './gradients/table.js'
export * from './loss.js'
export * from './training-graph.js'
