/** Chooses between the two readers of HDF5 files. */
import type { Hdf5File, Hdf5Place } from './hdf5.js'
import { isHdf5 } from './hdf5-signature.js'
import { hdf5Error } from './keras-errors.js'
import { NotPlain } from './plain-hdf5/plain-bytes.js'
import { openPlain } from './plain-hdf5/plain-file.js'

/**
 * Reads a file of the plain kind, which Keras writes, by its bytes; every other kind, and every file with a doubt, with the
 * HDF5 library, which takes its time to load and also says what is wrong with a broken one.
 *
 * @param use - called again with the other reader where the first gives up
 * @throws {FormatError} `E_HDF5` where the bytes are no HDF5 file, `E_HDF5_LIBRARY`
 */
export async function readHdf5<T>(place: Hdf5Place, use: (file: Hdf5File) => T): Promise<T> {
  const file = place.open()
  try {
    const head = file.read(place.start, Math.min(place.size, 65_536))
    if (!isHdf5(head)) throw hdf5Error(place.path, 'no HDF5 signature')
    return use(openPlain(place, file))
  } catch (cause) {
    if (!(cause instanceof NotPlain)) throw cause
  } finally {
    file.close()
  }
  const { Hdf5ByLibrary } = await import('./hdf5-by-library.js')
  const whole = await Hdf5ByLibrary.open(place)
  try {
    return use(whole)
  } finally {
    whole.close()
  }
}
