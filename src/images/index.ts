export * from './image-input.js'
