/** The thread of sherpa-live.js: audio in by one port a stream, events out. */
import { parentPort, workerData } from 'node:worker_threads'
import { wordsOf } from '../../dist/benchmarks/word-errors.js'
import { SampleBuffer } from '../../dist/recognizers/audio-run.js'
import { SileroVad } from '../../dist/recognizers/engine/silero.js'
import { VAD_FRAME } from '../../dist/recognizers/voice-activity.js'
import { TurnSegmenter } from '../../dist/recognizers/turn-segmenter.js'
import loadSherpa from './sherpa-files.js'

const { files, vad, threads, silenceMs } = workerData
const recogniser = await loadSherpa({ ...files, threads })
parentPort.postMessage({ installed: recogniser !== undefined })
const detector = await SileroVad.load(vad)

/** A step at least every 160 ms of audio, as long as it keeps up. */
const STEP = 2_560
/** Audio before the first frame of speech: 300 ms, as a whole turn has it. */
const PREFIX = 9 * VAD_FRAME

const powerOf = samples =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length

/** How many words at the start of two hypotheses are the same. */
const agreement = (a, b) => {
  const same = (x, y) =>
    y !== undefined && wordsOf(x).join(' ') === wordsOf(y).join(' ')
  const first = a.findIndex((word, i) => !same(word, b[i]))
  return first < 0 ? a.length : first
}

class Stream {
  inbox = []
  ended = false
  #port
  #audio = new SampleBuffer()
  #segmenter = new TurnSegmenter({
    silenceDurationMs: silenceMs,
    shortTurnSilenceMs: silenceMs,
  })
  #seen = 0
  #state
  /** The turn that is open: its id, its audio, what was said and agreed. */
  #open
  #floor = 0

  constructor(port) {
    this.#port = port
  }

  /** Takes what has come, and decodes at most one hypothesis and the finals. */
  async step() {
    for (const samples of this.inbox.splice(0))
      if (samples) this.#audio.append(samples)
      else this.ended = true
    const length = this.#audio.end
    if (this.ended) this.#audio.append(new Float32Array(VAD_FRAME))
    await this.#listen(length)
    if (this.ended) {
      for (const signal of this.#segmenter.end()) this.#take(signal, length)
      this.#port.postMessage({
        type: 'end',
        duration: length / 16,
        complete: true,
      })
    } else if (this.#open && length - this.#open.decoded >= STEP)
      this.#extend(length)
  }

  async #listen(limit) {
    const waiting = this.#audio.end - this.#seen
    const frames = Math.floor(waiting / VAD_FRAME)
    if (frames === 0) return
    const samples = this.#audio.slice(
      this.#seen,
      this.#seen + frames * VAD_FRAME,
    )
    const rated = await detector.detect(samples, this.#state)
    this.#state = rated.state
    this.#seen += samples.length
    for (const [i, probability] of rated.probabilities.entries()) {
      const frame = samples.subarray(i * VAD_FRAME, (i + 1) * VAD_FRAME)
      for (const signal of this.#segmenter.push(probability, powerOf(frame)))
        this.#take(signal, limit)
    }
    this.#audio.dropBefore(Math.min(this.#segmenter.needed, this.#seen))
  }

  #take(signal, limit) {
    if (signal.type === 'start') {
      const { index, at } = signal
      const turn = `turn-${index + 1}`
      const from = Math.max(this.#floor, at - PREFIX)
      this.#open = { turn, from, last: [], committed: 0, decoded: 0 }
      this.#port.postMessage({ type: 'speech-start', turn, at: at / 16 })
      return
    }
    const { index, from, to, start, end } = signal.turn
    const turn = `turn-${index + 1}`
    const text = recogniser.text(this.#audio.slice(from, Math.min(to, limit)))
    const times = { start: start / 16, end: Math.min(end, limit) / 16 }
    this.#port.postMessage({ type: 'speech-end', turn, at: times.end })
    this.#port.postMessage({ type: 'final', turn, text, ...times })
    this.#floor = to
    this.#open = undefined
  }

  /**
   * LocalAgreement-2: of what is not said yet, that with which two hypotheses
   * in a row begin. A change of what has been said does not hold up the rest.
   */
  #extend(length) {
    const open = this.#open
    const text = recogniser.text(this.#audio.slice(open.from, length))
    const words = text.split(/\s+/).filter(Boolean)
    const rest = words.slice(open.committed)
    const agreed = agreement(rest, open.last.slice(open.committed))
    open.last = words
    open.decoded = length
    if (agreed === 0) return
    const added = rest.slice(0, agreed).join(' ')
    this.#port.postMessage({
      type: 'delta',
      turn: open.turn,
      text: open.committed > 0 ? ` ${added}` : added,
      at: length / 16,
    })
    open.committed += agreed
  }
}

const streams = new Set()
let wake = () => {}

parentPort.on('message', port => {
  const stream = new Stream(port)
  streams.add(stream)
  port.on('message', samples => {
    stream.inbox.push(samples)
    wake()
  })
})

for (;;) {
  for (const stream of streams) {
    if (stream.inbox.length > 0) await stream.step()
    if (stream.ended) streams.delete(stream)
  }
  // Lets in what has come while a decode blocked the thread.
  await new Promise(setImmediate)
  if ([...streams].every(({ inbox }) => inbox.length === 0))
    await new Promise(resolve => {
      wake = resolve
    })
}
