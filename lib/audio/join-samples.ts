/** Pieces of one channel put together, in a copy. */
export const joinSamples = (
  parts: readonly Float32Array[],
): Float32Array<ArrayBuffer> => {
  const all = new Float32Array(
    parts.reduce((frames, part) => frames + part.length, 0),
  )
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
