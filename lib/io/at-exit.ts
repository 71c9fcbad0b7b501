const cleanUps = new Set<() => void>()

const cleanUp = (): void => {
  for (const clean of cleanUps) clean()
}

/**
 * Has something done when the process ends. All of them share one listener:
 * a server has many, and Node warns of more than ten.
 *
 * @param clean must not throw
 * @returns takes it back
 */
export const atExit = (clean: () => void): (() => void) => {
  if (cleanUps.size === 0) process.on('exit', cleanUp)
  cleanUps.add(clean)
  return () => {
    cleanUps.delete(clean)
    if (cleanUps.size === 0) process.off('exit', cleanUp)
  }
}
