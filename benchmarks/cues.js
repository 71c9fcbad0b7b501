/**
 * The cues of the reference talk (the clips of speech, one after another) beside
 * those of others: `npm run bench -- cues`. Every maker gets the same words at
 * the same times; voxpipe's checker counts which rules of the netflix profile
 * are broken. That ours break none is a test.
 */
import { checkCues, makeCues } from 'voxpipe/captions'
import { deepgramCues, whisperCues } from './competitors/other-cues.js'
import { writeResults } from './_util/report.js'
import { speechClips } from './_util/speech.js'

/** The words of a text with the times of an alignment. */
const timed = ({ text, words }, offset) =>
  text.split(' ').map((text, i) => ({
    text,
    start: offset + words[i].start * 1000,
    end: offset + words[i].end * 1000,
    source: 'attention',
  }))

let offset = 0
const finals = []
for (const clip of speechClips()) {
  const words = timed(clip, offset)
  const { start } = words[0]
  const { end } = words.at(-1)
  finals.push({
    type: 'final',
    turn: clip.id,
    text: clip.text,
    start,
    end,
    words,
  })
  offset += clip.duration * 1000
}

const size = { maxLineWidth: 42, maxLineCount: 2 }
const makers = [
  [
    'voxpipe `--profile netflix`',
    () => makeCues(finals, { profile: 'netflix' }),
  ],
  ["Whisper's rule, 2 lines of 42", () => whisperCues(finals, size)],
  ["Deepgram's package, 8 words", () => deepgramCues(finals)],
]

const results = makers.map(([name, make]) => {
  const cues = make()
  const findings = {}
  for (const { rule } of checkCues(cues, 'netflix'))
    findings[rule] = (findings[rule] ?? 0) + 1
  return { name, cues, findings }
})
for (const { name, cues, findings } of results)
  console.log(name, cues.length, JSON.stringify(findings))
writeResults('cues', { clips: finals.length, results })
