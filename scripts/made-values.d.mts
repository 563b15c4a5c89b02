export function madeWeight(number: number, length: number, offset: number, scale: number): Float32Array
export function madePicture(shape: readonly [number, number, number], range: number): Float32Array
