export * from './engine.js'
export * from './engine-for.js'
export * from './onnxruntime.js'
export * from './runner-engine.js'
