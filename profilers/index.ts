export * from './energy-window.js'
export * from './profiler.js'
