import * as fc from 'fast-check'
import t from 'tap'
import { ByteBuffer, ByteSource } from '../../lib/decode/byte-source.ts'

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

/** Writes one portion after the other, as a stream would. */
const write = async (source: ByteSource, portions: readonly Uint8Array[]) => {
  for (const bytes of portions)
    await new Promise<void>(resolve => source.write(bytes, resolve))
  source.end()
}

t.test('returns all bytes, inspected or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 300, size: 'max' })),
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }),
      fc.nat({ max: 600 }),
      async (portions, sizes, ahead) => {
        const source = new ByteSource()
        const writing = write(source, portions)
        const all = Buffer.concat(portions)
        let seen = -1
        await source.probe(
          (head, ended) => {
            if (!all.subarray(0, head.length).equals(head)) seen = NaN
            else seen = ended && head.length === all.length ? head.length : seen
            return undefined
          },
          Math.max(1, ahead),
        )
        const parts: Uint8Array[] = []
        for (let i = 0; ; i++) {
          const size = sizes[i % sizes.length]!
          const bytes = await source.read(size)
          if (!bytes) break
          if (bytes.length > size) return false
          parts.push(Uint8Array.from(bytes))
        }
        await writing
        return Buffer.concat(parts).equals(all) && !Number.isNaN(seen)
      },
    ),
  )
})

t.test('a write is done when its bytes have been used', async t => {
  const source = new ByteSource()
  let done = false
  source.write(Buffer.from('abcd'), () => (done = true))
  await source.read(2)
  await source.read(2)
  t.notOk(done)
  const next = source.read(2)
  t.ok(done)
  source.end()
  t.equal(await next, undefined)
})

t.test('discards input after it is closed', async t => {
  const source = new ByteSource()
  let done = 0
  source.write(Buffer.from('abcd'), () => done++)
  source.close()
  source.write(Buffer.from('abcd'), () => done++)
  t.equal(done, 2)
  t.equal(await source.read(9), undefined)
})

t.test('cancelling rejects waiting readers', async t => {
  const source = new ByteSource()
  const waiting = source.read(1)
  source.cancel(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
  await t.rejects(source.read(1), { message: 'gone' })
})

t.test('bytes passed over', async t => {
  const source = new ByteSource()
  source.write(Buffer.alloc(100_000, 1), () =>
    source.write(Buffer.from('rest'), () => source.end()),
  )
  await source.skip(100_000)
  t.equal(Buffer.from((await source.read(9))!).toString(), 'rest')
  await source.skip(5)
  t.equal(await source.read(1), undefined)
})
