import t, { type Test } from 'tap'
import { wordErrors, wordsOf } from '../../../benchmarks/word-errors.ts'
import { textOf } from '../../../lib/recognizers/recognizer.ts'
import { decodedWords } from '../../../lib/recognizers/moonshine/recognize.ts'
import type { MoonshineModel } from '../../../lib/recognizers/model-catalog.ts'
import {
  Moonshine,
  type Decoding,
} from '../../../lib/recognizers/moonshine/moonshine.ts'
import { tinyModel } from '../../fixtures/models.ts'
import {
  jfk,
  jfkStart,
  jfkText,
  samplesOf,
} from '../../fixtures/speech-clips.ts'
import { recognises } from '../../fixtures/recognised.ts'

const model: MoonshineModel = await tinyModel()
const moonshine = await Moonshine.load(model)
const speech = await samplesOf(jfk)
const plain = await moonshine.decode(speech, { spoken: true })

const idsOf = ({ tokens }: Decoding): number[] => tokens.map(({ id }) => id)
const said = (decoding: Decoding): string[] =>
  wordsOf(textOf({ words: decodedWords(decoding) }))

t.test('speech is recognised', async t => {
  recognises(t, said(plain).join(' '), jfkText)
  t.equal(plain.finished, true)
  t.ok(plain.tokens.every(({ logprob }) => logprob <= 0))
})

t.test('time goes on from word to word', async t => {
  const ends = decodedWords(plain).map(({ end }) => end!)
  t.same(
    ends,
    ends.toSorted((a, b) => a - b),
  )
  t.ok(ends[0]! > 0)
  t.ok(ends.at(-1)! <= speech.length)
  t.ok(ends.at(-1)! > 0.8 * speech.length, 'until what was said is over')
})

t.test('the same audio gives the same', async t => {
  t.same(await moonshine.decode(speech, { spoken: true }), plain)
})

t.test('in a hurry as well, to the bit', async t => {
  const options = { spoken: true, hurried: true }
  t.same(await moonshine.decode(speech, options), plain)
})

const certainty = ({ tokens }: Decoding): number =>
  tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length

/*
 * The int8 model scales its activations over all tokens of a pass, so that
 * probabilities change a little with how many there are: by 0.13 at most in
 * any token of the project's clips. Where two tokens are about as likely (a
 * comma or none) that may change which one is chosen, so what is compared is
 * words, of which one may be another, and how certain the decoder was on the
 * whole: keys and values that are one token off make it far less so.
 */
const isNearly = (t: Test, decoding: Decoding): void => {
  const wrong = wordErrors(said(plain).join(' '), said(decoding).join(' '))
  t.ok(wrong <= 1, `${wrong} words differ, at most 1 may`)
  t.equal(decoding.finished, true)
  t.ok(Math.abs(certainty(decoding) - certainty(plain)) < 0.1)
}

t.test('a draft that is right changes nothing', async t => {
  const options = { spoken: true, draft: idsOf(plain) }
  const decoding = await moonshine.decode(speech, options)
  isNearly(t, decoding)
  const endsOf = (of: Decoding): number[] =>
    decodedWords(of).map(({ end }) => end!)
  const ends = endsOf(plain)
  const apart = endsOf(decoding).map((end, i) => Math.abs(end - ends[i]!))
  // Of a word and its comma either may be looked at most.
  const same = apart.filter(samples => samples <= 0.1 * 16_000).length
  t.ok(same >= ends.length - 3, 'words end where they did')
})

t.test('a wrong draft changes nothing', async t => {
  const right = idsOf(plain)
  const drafts = {
    nonsense: right.map(id => id + 1_000),
    'one token is wrong': right.with(9, 5_000),
    'one is missing': right.toSpliced(9, 1),
    'one is too many': right.toSpliced(9, 0, 5_000),
    'of more audio': [...right, ...right],
  }
  for (const [name, draft] of Object.entries(drafts))
    await t.test(name, async t =>
      isNearly(t, await moonshine.decode(speech, { spoken: true, draft })),
    )
})

t.test('a draft of words not yet said does not put them there', async t => {
  const begun = speech.subarray(0, 2.3 * 16_000)
  const draft = idsOf(plain)
  const options = { spoken: true, draft }
  const words = said(await moonshine.decode(begun, options))
  recognises(t, words.join(' '), jfkStart)
})

t.test('audio too short for the model, and none at all', async t => {
  for (const length of [0, 1, 400, 7_999]) {
    const silence = new Float32Array(length)
    const { tokens } = await moonshine.decode(silence)
    t.ok(tokens.length <= 16, `${length} samples, ${tokens.length} tokens`)
  }
})
