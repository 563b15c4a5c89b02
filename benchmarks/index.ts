export * from './model-record.js'
export * from './options.js'
export * from './plugins.js'
export * from './versions.js'
