export * from './data-type.js'
export * from './dimension.js'
export * from './graph.js'
export * from './tensor.js'
