/** One row of captions.js: live captions of real speech, or ten hours of text. */
import { existsSync, readFileSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { distributionOf } from '../dist/benchmarks/statistics.js'
import { PacedSource } from '../dist/benchmarks/latency/paced-source.js'
import { RollUpDisplay } from '../dist/cli/roll-up-display.js'
import { CaptionFormatter, LocalTranscriber } from 'voxpipe'
import { LiveCaptions, captionProfiles } from 'voxpipe/captions'
import { MoonshineRecognizer } from 'voxpipe/recognizers'
import { answerCase } from './_util/child.js'
import { longSpeech, speechClips } from './_util/speech.js'

/** How long each delta takes to the stage's screen, and to a terminal. */
const liveCase = async ({ seconds }) => {
  const recognizer = new MoonshineRecognizer({ model: 'base' })
  await recognizer.warmUp()
  const screens = []
  const terminal = []
  let written = 0
  const display = new RollUpDisplay(
    {
      columns: 80,
      write(_, done) {
        terminal.push(performance.now() - written)
        done()
      },
    },
    captionProfiles.live,
    { color: true },
  )
  /** When each delta was written that has not been shown yet. */
  let waiting = []
  let deltas = 0
  const captions = new LiveCaptions()
  captions.on('data', () => {
    for (const time of waiting) screens.push(performance.now() - time)
    waiting = []
  })
  await pipeline(
    new PacedSource({ samples: longSpeech(seconds) }),
    new LocalTranscriber({ recognizer, live: true }),
    async function* (events) {
      for await (const event of events) {
        const isDelta = event.type === 'delta'
        if (isDelta) {
          deltas++
          waiting.push(performance.now())
        }
        yield event
        written = performance.now()
        const before = terminal.length
        await display.show(event)
        if (!isDelta) terminal.length = before
      }
    },
    captions,
  )
  await recognizer.close()
  return {
    seconds,
    deltas,
    screen: distributionOf(screens),
    terminal: distributionOf(terminal),
  }
}

/**
 * A long transcript as the local engine makes it, of the texts and the words'
 * times of the clips, each in one turn.
 */
function* transcript(seconds, withDeltas) {
  const clips = speechClips()
  let time = 0
  for (let i = 0; time < seconds * 1000; i++) {
    const { text, words, duration } = clips[i % clips.length]
    const turn = `turn-${i + 1}`
    const start = time
    const at = ms => start + ms * 1000
    const timed = words.map(({ word, start, end }) => ({
      text: word,
      start: at(start),
      end: at(end),
      source: 'attention',
    }))
    yield { type: 'speech-start', turn, at: start }
    if (withDeltas)
      for (const [k, said] of text.split(' ').entries())
        yield {
          type: 'delta',
          turn,
          text: k === 0 ? said : ` ${said}`,
          at: timed[Math.min(k, timed.length - 1)].end + 300,
        }
    time = at(duration)
    yield { type: 'final', turn, text, start, end: time, words: timed }
  }
  yield { type: 'end', duration: time, complete: true }
}

/** Most resident memory of this process so far, in MB; Linux keeps count. */
const peak = () => {
  const file = '/proc/self/status'
  if (!existsSync(file)) return process.resourceUsage().maxRSS / 1024
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(file, 'utf8'))
  return Number(kilobytes) / 1024
}

const formatCase = async ({ hours, format, profile, deltas }) => {
  let bytes = 0
  let words = 0
  const events = function* () {
    for (const event of transcript(hours * 3600, deltas)) {
      if (event.type === 'final') words += event.words.length
      yield event
    }
  }
  const begun = performance.now()
  await pipeline(
    Readable.from(events()),
    new CaptionFormatter({ format, profile }),
    new Writable({
      write(text, _, done) {
        bytes += text.length
        done()
      },
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage()
  const cpu = (user + system) / 1e6
  return {
    hours,
    format,
    profile,
    deltas,
    words,
    bytes,
    seconds,
    cpu,
    peak: peak(),
  }
}

await answerCase(input =>
  ({ live: liveCase, format: formatCase })[input.what](input),
)
