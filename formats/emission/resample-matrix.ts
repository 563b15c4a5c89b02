/**
 * Resizing along one axis as a matrix `[out, in]`, for the methods of TensorFlow that ONNX has not.
 * @see https://www.tensorflow.org/api_docs/python/tf/image/resize
 */

/** Methods that are written as matrices. */
export type ResampleMethod = 'area' | 'bicubic' | 'bilinear' | 'lanczos3' | 'lanczos5'

/**
 * @param scale - elements of the input for each of the output; the number of those may not come out even
 * @returns rows of weights, one after the other; each sums to 1
 */
export function resampleMatrix(
  method: ResampleMethod,
  size: number,
  wanted: number,
  antialias: boolean,
  scale = size / wanted,
): Float32Array {
  const matrix = new Float32Array(size * wanted)
  for (let row = 0; row < wanted; row += 1) {
    const weights = rowOf(method, row, scale, size, antialias)
    const sum = weights.reduce((all, [, weight]) => all + weight, 0)
    for (const [at, weight] of weights) matrix[row * size + at] = weight / sum
  }
  return matrix
}

type Weights = readonly (readonly [number, number])[]

function rowOf(method: ResampleMethod, row: number, scale: number, size: number, antialias: boolean): Weights {
  if (method === 'area') return areaWeights(row, scale, size)
  if (method === 'bicubic' && !antialias) return cubicWeights(row, scale, size)
  const { radius, at } = KERNELS[method]
  const stretch = antialias ? Math.max(scale, 1) : 1
  const centre = (row + 0.5) * scale
  const first = Math.max(0, Math.ceil(centre - radius * stretch - 0.5))
  const last = Math.min(size - 1, Math.floor(centre + radius * stretch - 0.5))
  return places(first, last).map((place) => [place, at((place + 0.5 - centre) / stretch)])
}

interface Kernel {
  readonly radius: number
  at(distance: number): number
}

const cubic = (distance: number): number => {
  const x = Math.abs(distance)
  if (x >= 2) return 0
  return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
}

const lanczos = (radius: number): Kernel => ({
  radius,
  at: (distance) => {
    const x = Math.abs(distance)
    if (x > radius) return 0
    if (x <= 1e-3) return 1
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x)
  },
})

const KERNELS: Readonly<Record<Exclude<ResampleMethod, 'area'>, Kernel>> = {
  bilinear: { radius: 1, at: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: { radius: 2, at: cubic },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
}

/** TensorFlow looks the weights up in a table of 1024 steps. */
function cubicWeights(row: number, scale: number, size: number): Weights {
  const centre = (row + 0.5) * scale - 0.5
  const before = Math.floor(centre)
  const offset = Math.round((centre - before) * 1024) / 1024
  const near = places(Math.max(0, before - 1), Math.min(size - 1, before + 2))
  return near.map((place) => [place, cubic(place - before - offset)])
}

/** Each position weighs as much of it as the window covers. */
function areaWeights(row: number, scale: number, size: number): Weights {
  const [start, end] = [row * scale, (row + 1) * scale]
  const covered = places(Math.floor(start), Math.min(size, Math.ceil(end)) - 1)
  return covered.map((place) => [place, Math.min(end, place + 1) - Math.max(start, place)])
}

const places = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
