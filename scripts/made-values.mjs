// The values that `test/golden/make-applications.py` makes, bit for bit: weights and images from a hash.

/** @returns uniform in [0, 1), 24 bits */
function hashed(seed, index) {
  let value = (Math.imul(index, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) >>> 0
  value ^= value >>> 16
  value = Math.imul(value, 0x7feb352d)
  value ^= value >>> 15
  value = Math.imul(value, 0x846ca68b)
  value ^= value >>> 16
  return (value >>> 8) / 2 ** 24
}

/** @returns the elements of weight `number`, from 0: uniform around `offset`, `scale` wide */
export function madeWeight(number, length, offset, scale) {
  const values = new Float32Array(length)
  for (let index = 0; index < length; index += 1) values[index] = offset + (hashed(number + 1, index) - 0.5) * scale
  return values
}

/**
 * @param shape - `[height, width, channels]`
 * @param range - 255 for values of bytes, 1 for values of -1 to 1
 * @returns squares of 16 pixels, each channel of each with a value of its own
 */
export function madePicture([height, width, channels], range) {
  return Float32Array.from({ length: height * width * channels }, (_, at) => {
    const channel = at % channels
    const column = Math.floor(at / channels) % width
    const row = Math.floor(at / channels / width)
    const value = hashed(0, ((row >> 4) * 64 + (column >> 4)) * 3 + channel)
    return range === 255 ? value * 255 : value * 2 - 1
  })
}
