import t from 'tap'
import { chunkBytes, toBytes } from '../../lib/core/stage.ts'

const memory = Uint8Array.from({ length: 16 }, (_, i) => i).buffer

t.test('a view of memory is the bytes that it shows, uncopied', async t => {
  for (const view of [
    new Uint8Array(memory, 4, 8),
    Buffer.from(memory, 4, 8),
    new DataView(memory, 4, 8),
    new Float32Array(memory, 4, 2),
    new Int16Array(memory, 4, 4),
    new BigInt64Array(memory.slice(4, 12)),
  ]) {
    const bytes = toBytes(view)!
    t.same([...bytes], [4, 5, 6, 7, 8, 9, 10, 11], view.constructor.name)
    t.equal(bytes.buffer, view.buffer)
  }
  t.equal(toBytes(memory)!.length, 16)
  t.equal(toBytes(new SharedArrayBuffer(3))!.length, 3)
})

t.test('refuses other values than bytes and says what to do', async t => {
  for (const value of ['text', 1, null, undefined, {}, [1, 2], new Map()])
    t.equal(toBytes(value), undefined)
  t.throws(() => chunkBytes('text', 'Decoder'), {
    code: 'VOX_FORMAT',
    message:
      'Decoder needs the bytes of a file, but got text; open the source without an encoding',
  })
  t.throws(() => chunkBytes({}, 'Decoder'), /but got a Object; give it Buffers/)
  t.throws(() => chunkBytes(Object.create(null), 'Decoder'), /a bare object/)
})
