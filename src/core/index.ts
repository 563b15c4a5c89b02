export * from './errors.js'
export * from './record.js'
export * from './units.js'
export * from './warning.js'
