export * from './find-image-input.js'
export * from './image-input.js'
export * from './list-images.js'
