export * from './carbon-factor.js'
export * from './country-codes.js'
export * from './emission.js'
export * from './intensity-tables.js'
