const silent = (): void => {}

/**
 * Runs a call into a WASM decoder that would print its errors: `nothing in
 * lib/ prints` holds for what we call as well. Nothing else runs meanwhile,
 * as the call is synchronous.
 */
export const quiet = <T>(call: () => T): T => {
  const { console } = globalThis
  const loud = { error: console['error'], warn: console['warn'] }
  Object.assign(console, { error: silent, warn: silent })
  try {
    return call()
  } finally {
    Object.assign(console, loud)
  }
}
