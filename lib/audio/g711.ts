/**
 * Samples of the 256 G.711 codes, in [-1, 1]. After ITU-T G.711 (1988),
 * tables 1 and 2.
 */
const table = (decode: (code: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, code) => decode(code) / 32_768)

/** µ-law: 8 bits to 14, kept in the upper bits of 16. */
export const MULAW = table(code => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return bits & 0x80 ? -magnitude : magnitude
})

/** A-law: 8 bits to 13, kept in the upper bits of 16. */
export const ALAW = table(code => {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 0x0f) << 4) + 8
  const magnitude =
    exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
})
