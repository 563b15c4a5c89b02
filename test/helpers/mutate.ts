/** Damages files in the ways in which disks, downloads and attackers do. */

/** @returns a damaged copy; `random` gives numbers in [0, 1) */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let damaged: Uint8Array = Uint8Array.from(bytes)
  for (let count = Math.floor(random() * 4); count >= 0; count -= 1) {
    const way = WAYS[Math.floor(random() * WAYS.length)] ?? flipBit
    damaged = way(damaged, random)
  }
  return damaged
}

type Way = (bytes: Uint8Array, random: () => number) => Uint8Array

const placeIn = (bytes: Uint8Array, random: () => number): number => Math.floor(random() * bytes.length)

const WAYS: readonly Way[] = [flipBit, setByte, cutOff, cutOut, repeatPart, largeNumber, swapParts]

function flipBit(bytes: Uint8Array, random: () => number): Uint8Array {
  const place = placeIn(bytes, random)
  bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 8))
  return bytes
}

function setByte(bytes: Uint8Array, random: () => number): Uint8Array {
  const values = [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)]
  bytes[placeIn(bytes, random)] = values[Math.floor(random() * values.length)] ?? 0
  return bytes
}

function cutOff(bytes: Uint8Array, random: () => number): Uint8Array {
  return bytes.slice(0, placeIn(bytes, random))
}

function cutOut(bytes: Uint8Array, random: () => number): Uint8Array {
  const start = placeIn(bytes, random)
  const end = start + Math.floor(random() * 16)
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
}

function repeatPart(bytes: Uint8Array, random: () => number): Uint8Array {
  const start = placeIn(bytes, random)
  const end = Math.min(bytes.length, start + Math.floor(random() * 200))
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
}

/** Puts a varint of many bits where a length may stand. */
function largeNumber(bytes: Uint8Array, random: () => number): Uint8Array {
  const place = placeIn(bytes, random)
  const digits = 1 + Math.floor(random() * 10)
  const number = Buffer.concat([Buffer.alloc(digits - 1, 0xff), Buffer.from([Math.floor(random() * 128)])])
  return Buffer.concat([bytes.subarray(0, place), number, bytes.subarray(place + Math.floor(random() * digits))])
}

function swapParts(bytes: Uint8Array, random: () => number): Uint8Array {
  const [a = 0, b = 0, c = 0] = [0, 0, 0].map(() => placeIn(bytes, random)).sort((left, right) => left - right)
  return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)])
}
