import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { transcribe } from '../../../lib/index.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/index.ts'
import {
  atRate,
  jfk,
  noFfmpeg,
  wav,
  type WavShape,
} from '../../fixtures/audio.ts'
import { testModels } from '../../fixtures/models.ts'
import { jfkText } from '../../fixtures/speech-clips.ts'
import { recognises } from '../../fixtures/recognised.ts'

const recognizer = new MoonshineRecognizer({ modelDir: await testModels() })
t.teardown(() => recognizer.close())

const fixture = (name: string): string =>
  resolve(import.meta.dirname, '../../fixtures/audio', name)

const textOf = (input: Parameters<typeof transcribe>[0]): Promise<string> =>
  transcribe(input, { recognizer }).text()

t.test('the same words from every encoding of WAV', async t => {
  const encodings = [
    'u8',
    's16le',
    's24le',
    's32le',
    'f32le',
    'mulaw',
    'alaw',
  ] as const satisfies readonly WavShape['encoding'][]
  const samples = jfk()
  for (const encoding of encodings)
    recognises(t, await textOf(wav([samples], { encoding })), jfkText, encoding)
})

t.test('the same words from every rate, mono and stereo', async t => {
  for (const sampleRate of [8_000, 22_050, 44_100, 48_000, 96_000]) {
    const samples = atRate(jfk(), 16_000, sampleRate)
    const text = await textOf(wav([samples, samples], { sampleRate }))
    recognises(t, text, jfkText, `${sampleRate} Hz stereo`)
  }
})

t.test('the same words without ffmpeg', async t => {
  for (const type of ['mp3', 'flac', 'ogg', 'opus', 'webm']) {
    const stream = createReadStream(fixture(`jfk.${type}`))
    recognises(t, await textOf(stream), jfkText, type)
  }
})

t.test('the same words through ffmpeg', { skip: noFfmpeg }, async t => {
  for (const name of ['jfk.m4a', 'jfk-moov-first.mp4', 'jfk.mpg']) {
    const stream = createReadStream(fixture(name))
    recognises(t, await textOf(stream), jfkText, name)
  }
})
