import t from 'tap'
import { ALAW, MULAW } from '../../lib/audio/g711.ts'

const at = (table: Float32Array, code: number) => table[code]! * 32_768

t.test('µ-law as in ITU-T G.711, table 2', async t => {
  for (const [code, value] of [
    [0x00, -32_124],
    [0x80, 32_124],
    [0x0f, -16_764],
    [0x7e, -8],
    [0xfe, 8],
    [0xff, 0],
  ] as const)
    t.equal(at(MULAW, code), value, code.toString(16))
})

t.test('A-law as in ITU-T G.711, table 1', async t => {
  for (const [code, value] of [
    [0x2a, -32_256],
    [0xaa, 32_256],
    [0x55, -8],
    [0xd5, 8],
    [0xd4, 24],
    [0x80, 5504],
  ] as const)
    t.equal(at(ALAW, code), value, code.toString(16))
})

t.test('each code of one half has its mirror in the other', async t => {
  for (let code = 0; code < 128; code++) {
    if (ALAW[code] !== -ALAW[code + 128]!) t.fail(`A-law ${code}`)
    if (MULAW[code]! + MULAW[code + 128]! !== 0) t.fail(`µ-law ${code}`)
  }
})
