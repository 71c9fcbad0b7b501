import * as fc from 'fast-check'
import t from 'tap'
import { ByteBuffer } from '../../lib/decode/byte-buffer.ts'

t.test('keeps what is appended and not skipped', async () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 9000, size: 'max' }),
          fc.nat({ max: 12_000 }),
        ),
      ),
      steps => {
        const buffer = new ByteBuffer()
        let model = Buffer.alloc(0)
        for (const step of steps) {
          if (step === 7) {
            buffer.trim(step)
            model = model.subarray(0, -step)
            continue
          }
          if (typeof step === 'number') {
            buffer.skip(step)
            model = model.subarray(Math.min(step, model.length))
          } else {
            buffer.append(step)
            model = Buffer.concat([model, step])
          }
          if (buffer.length !== model.length) return false
          if (!model.equals(buffer.bytes)) return false
        }
        return true
      },
    ),
    { numRuns: 100 },
  )
})

t.test('many small portions take no more room than they need', async t => {
  const buffer = new ByteBuffer()
  for (let i = 0; i < 200_000; i++) {
    buffer.append(Uint8Array.of(i & 0xff))
    if (i % 100 === 99) buffer.skip(100)
  }
  t.equal(buffer.length, 0)
  t.ok(buffer.bytes.buffer.byteLength <= 16_384)
})
