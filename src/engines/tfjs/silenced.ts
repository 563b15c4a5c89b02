/** Keeps warnings of TensorFlow.js off the terminal. */

/** @returns what ends the silence */
export function silenced(): () => void {
  const { warn } = console
  console.warn = () => {}
  return () => {
    console.warn = warn
  }
}
