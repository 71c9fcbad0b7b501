/**
 * A scripted Realtime server in a process of its own. To streams that have a
 * prompt it says, word for word, when it had how much of which turn: the time
 * on the machine's monotonic clock in ms, the number of the turn's first
 * frame, and the samples of the turn. The others get 2.5 words a second.
 */
import { recognizeNumbers, SpeechServer } from 'voxpipe/testing'
import { nowMs } from './sink-clock.js'

const WORD_SAMPLES = 9_600

/** What was said of each turn so far, and how much of it had come by then. */
const said = new Map()

/** The last word is one that has not ended: it is not sent before the final. */
const OPEN = ' .'

const hear = (audio, { settings: { prompt } }) => {
  if (!prompt) return 'word '.repeat(audio.length / WORD_SAMPLES + 1).trim()
  const frame = Number(recognizeNumbers(audio.subarray(0, 8)).slice(1))
  const turn = `${prompt} ${frame}`
  const { words, samples } = said.get(turn) ?? { words: '', samples: 0 }
  // With the commit comes no new audio.
  if (samples === audio.length) return words + OPEN
  const word = `${nowMs().toFixed(3)}/${frame}/${audio.length}`
  said.set(turn, { words: `${words} ${word}`, samples: audio.length })
  return `${words} ${word}${OPEN}`
}

const { liveMs } = JSON.parse(process.argv[2])
const server = await SpeechServer.listen({ transcribe: hear, liveMs })
process.on('disconnect', () => process.exit())
process.on('message', () => process.send({ cpu: process.cpuUsage() }))
process.send({ baseURL: server.baseURL })
