type Call = (...args: number[]) => number

/** The internals of the wasm-audio-decoders family. */
type WasmDecoder = { readonly _common: { readonly wasm: Record<string, Call> } }

/**
 * Replaces a WebAssembly function of one decoder, and of no other. The
 * JavaScript around it prints each error that the function returns, which would
 * end up on the console of the application; voxpipe finds errors by the samples
 * that are missing. `console` itself belongs to the application: it is not
 * touched.
 *
 * The names are internal to packages whose versions package.json pins.
 *
 * @param replace makes the replacement from the original
 */
export const patchWasm = (
  decoder: object,
  name: string,
  replace: (original: Call) => Call,
): void => {
  const { wasm } = (decoder as WasmDecoder)._common
  wasm[name] = replace(wasm[name]!)
}
