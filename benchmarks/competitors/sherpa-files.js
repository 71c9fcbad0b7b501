import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * sherpa-onnx with the same two files of the same model.
 *
 * @type {import('../../dist/benchmarks/competitors.js').FileStart}
 */
const loadSherpa = async ({ encoder, decoder, threads }) => {
  let sherpa
  try {
    sherpa = (await import('sherpa-onnx-node')).default
  } catch {
    return undefined
  }
  const llama = (await import('llama-tokenizer-js')).default
  const folder = mkdtempSync(join(tmpdir(), 'voxpipe-bench-'))
  const tokens = join(folder, 'tokens.txt')
  const lines = Array.from({ length: 32_768 }, (_, id) => {
    const token = llama.vocabById[id] ?? `<extra_${id}>`
    return `${Buffer.from(token).toString('base64')} ${id}`
  })
  writeFileSync(tokens, `${lines.join('\n')}\n`)
  const recognizer = new sherpa.OfflineRecognizer({
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder, mergedDecoder: decoder },
      tokens,
      numThreads: threads,
      provider: 'cpu',
      debug: 0,
    },
  })
  rmSync(folder, { recursive: true })
  return {
    text: samples => {
      const stream = recognizer.createStream()
      stream.acceptWaveform({ sampleRate: 16_000, samples })
      recognizer.decode(stream)
      return recognizer.getResult(stream).text.trim()
    },
  }
}

export default loadSherpa
