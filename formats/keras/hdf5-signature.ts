/** The first bytes of HDF5. @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html */
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

/** @returns whether a file starts so: the signature stands at 0, or behind a user block at 512, 1024, 2048, ... */
export function isHdf5(head: Uint8Array): boolean {
  for (let offset = 0; offset + 8 <= head.length; offset = offset === 0 ? 512 : offset * 2) {
    if (SIGNATURE.equals(head.subarray(offset, offset + 8))) return true
  }
  return false
}
