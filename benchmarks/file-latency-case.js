/** A row of latency.js: files, each sent at once, and when their text came. */
import { readFileSync } from 'node:fs'
import { alignWords, sumErrors } from '../dist/bench/align-words.js'
import { distributionOf } from '../dist/bench/distribution.js'
import { wordsOf } from '../dist/bench/word-errors.js'
import { FileTranscriber, openaiClient } from '../dist/index.js'
import { answerCase } from './_util/child.js'
import { speechClips } from './_util/speech.js'

const transcribed = async (client, model, { path, text: reference }) => {
  const bytes = readFileSync(path)
  const transcriber = new FileTranscriber({ client, model, stream: true })
  const began = performance.now()
  transcriber.end(bytes)
  const texts = []
  let [first, last] = []
  for await (const { type, text } of transcriber) {
    if (type !== 'delta' && type !== 'final') continue
    last = performance.now() - began
    first ??= last
    if (type === 'final') texts.push(text)
  }
  const { heardAt: _, ...errors } = alignWords(
    wordsOf(reference),
    wordsOf(texts.join(' ')),
  )
  return { first, last, errors }
}

await answerCase(async ({ model, data }) => {
  const client = await openaiClient()
  const clips = speechClips(data)
  // The first connection is not measured.
  await transcribed(client, model, clips[0])
  const all = []
  for (const clip of clips) all.push(await transcribed(client, model, clip))
  if (all.some(({ last }) => last === undefined))
    throw new Error('a file has no text')
  return {
    model,
    first: distributionOf(all.map(({ first }) => first)),
    last: distributionOf(all.map(({ last }) => last)),
    errors: sumErrors(all.map(({ errors }) => errors)),
  }
})
