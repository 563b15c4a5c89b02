/**
 * Looks at collections of texts before HDF5 does, which walks through a damaged one for ever.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html section III.E, "Disk Format: Level 1E - Global Heap"
 */
const SIGNATURE = Buffer.from('GCOL\x01\0\0\0', 'latin1')
const HEADER = 16
/** What HDF5 reads to begin with, in order to learn the size of a collection. */
const SMALLEST = 4096

/**
 * Breaks the signature of a collection whose objects do not follow each other to its end, so that HDF5 refuses it.
 *
 * @param bytes - what one read of HDF5 gets, changed in place; anything but a damaged collection stays as it is
 * @param fileSize - bytes of the file
 * @param readMore - gives that many bytes from the same place on; HDF5 itself then reads on where it stopped
 */
export function refuseDamagedHeap(bytes: Uint8Array, fileSize: number, readMore: (size: number) => Uint8Array): void {
  if (bytes.length < SMALLEST && bytes.length < fileSize) return
  if (bytes.length < HEADER || !SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length))) return
  const size = sizeAt(viewOf(bytes), 8)
  const isPossible = size >= HEADER && size <= fileSize
  const whole = isPossible && size > bytes.length ? readMore(size) : bytes
  if (!isPossible || whole.length < size || !isWalkable(viewOf(whole), size)) bytes.fill(0, 0, SIGNATURE.length)
}

/** Object 0 is free space, header included; others are a header and their contents, filled up to 8 bytes. */
function isWalkable(view: DataView, size: number): boolean {
  let at = HEADER
  while (at + HEADER <= size) {
    const contents = sizeAt(view, at + 8)
    const step = view.getUint16(at, true) === 0 ? contents : HEADER + Math.ceil(contents / 8) * 8
    if (step < HEADER || at + step > size) return false
    at += step
  }
  return true
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const sizeAt = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))
