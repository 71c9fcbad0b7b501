import { ok } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import t from 'tap'
import { KeyValueCache } from '../../../lib/recognizers/moonshine/moonshine.ts'
import { MergedDecoder } from '../../../lib/recognizers/moonshine/merged-decoder.ts'
import {
  loadOnnx,
  sessionOptions,
} from '../../../lib/recognizers/engine/onnx.ts'
import { tinyModel } from '../../fixtures/models.ts'

const ort = await loadOnnx()
const model = await tinyModel()
const merged = new MergedDecoder(await readFile(model.decoder))
const { heads, headSize } = model

t.test('the branch for the first token, as a model', async t => {
  const outputs = KeyValueCache.names('present', 'encoder', model)
  const bytes = merged.extract('else_branch', outputs)
  const more = merged.extract('else_branch', ['logits', ...outputs])
  t.ok(bytes.length < more.length, 'without what it does not need')
  const session = await ort.InferenceSession.create(bytes, sessionOptions)
  t.same(session.outputNames, outputs)
  t.same(
    session.inputNames.toSorted(),
    ['encoder_hidden_states', 'input_ids'],
    'it asks for what it needs, and no more',
  )
  const size = heads * headSize
  const frames = 5
  const hidden = new Float32Array(frames * size).map((_, i) => Math.sin(i))
  const result = await session.run({
    input_ids: new ort.Tensor('int64', BigInt64Array.of(1n), [1, 1]),
    encoder_hidden_states: new ort.Tensor('float32', hidden, [1, frames, size]),
  })
  for (const name of outputs) {
    t.same(result[name]!.dims, [1, heads, frames, headSize])
    t.ok((result[name]!.data as Float32Array).every(Number.isFinite))
  }
  await session.release()
})

t.test('exposes inner values as outputs', async t => {
  const inside = '/model/decoder/layers.3/encoder_attn/Softmax_output_0'
  const bytes = merged.extract('then_branch', ['logits', inside])
  const session = await ort.InferenceSession.create(bytes, sessionOptions)
  t.same(session.outputNames, ['logits', inside])
  t.ok(session.inputNames.includes('past_key_values.0.encoder.key'))
  await session.release()
})

t.test('reports a missing branch or result', async t => {
  t.throws(() => merged.extract('other_branch', ['logits']), {
    message: 'the decoder has no other_branch',
  })
  const nothing = merged.extract('then_branch', ['nothing'])
  await t.rejects(ort.InferenceSession.create(nothing, sessionOptions))
})

/** Takes it apart, or throws an error; whatever else it does is wrong. */
const isTaken = (bytes: Uint8Array): boolean => {
  try {
    new MergedDecoder(bytes).extract('then_branch', ['logits'])
    return true
  } catch (error) {
    ok(error instanceof Error, 'an error')
    return false
  }
}

const { LengthDelimited } = WireType
const field = (number: number, ...parts: (string | Uint8Array)[]): Uint8Array =>
  parts
    .reduce<BinaryWriter>(
      (writer, part) =>
        typeof part === 'string'
          ? writer.tag(number, LengthDelimited).string(part)
          : writer.tag(number, LengthDelimited).bytes(part),
      new BinaryWriter(),
    )
    .finish()

/** The smallest that has a branch: a graph of one node that gives logits. */
const smallest = (): Uint8Array => {
  const node = Buffer.concat([field(1, 'input_ids'), field(2, 'logits')])
  const branch = field(1, node)
  const attribute = Buffer.concat([field(1, 'then_branch'), field(6, branch)])
  const choice = field(5, attribute)
  const input = field(11, field(1, 'input_ids'))
  return field(7, Buffer.concat([field(1, choice), input]))
}

t.test('bytes that are no model are an error, or a model of them', async t => {
  t.notOk(isTaken(new Uint8Array(0)))
  t.notOk(isTaken(Buffer.from('<!doctype html><title>404</title>')))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      isTaken(bytes)
    }),
    { numRuns: 500 },
  )
})

t.test('reports a damaged model', async t => {
  const whole = smallest()
  t.ok(isTaken(whole))
  for (let length = 0; length < whole.length; length++)
    if (isTaken(whole.subarray(0, length))) t.fail(`cut to ${length} bytes`)
  for (let at = 0; at < whole.length; at++)
    for (const value of [0, 1, 0x0b, 0x7f, 0x80, 0xff])
      isTaken(Uint8Array.from(whole).fill(value, at, at + 1))
})
