import llama from 'llama-tokenizer-js'
import t from 'tap'
import { detokenize } from '../../../lib/recognizers/moonshine/recognize.ts'

const idsOf = (text: string): number[] => llama.encode(text, false)

t.test('gives back what the tokenizer took apart', async t => {
  for (const text of ['Ask not what', 'naïve café', 'it’s 50 °C', '日本 🎧'])
    t.equal(detokenize(idsOf(text)), text)
})

t.test('marks and ids past the vocabulary print as nothing', async t => {
  t.equal(detokenize([1, ...idsOf('and so'), 32_000, 40_000, 2]), 'and so')
})
