import { createRequire } from 'node:module'

// Its ES build cannot be imported by Node.
const { srt } = createRequire(import.meta.url)('@deepgram/captions')

/** Cues of an SRT file as others write them. */
const cuesIn = text =>
  text
    .split(/\n\n+/)
    .map(block => block.trim().split('\n'))
    .filter(lines => lines.length > 2)
    .map(([, times, ...lines]) => {
      const [start, end] = times.split(' --> ').map(time => {
        const [h, m, s, ms] = time.split(/[:,]/).map(Number)
        return ((h * 60 + m) * 60 + s) * 1000 + ms
      })
      return { start, end, lines }
    })

/** Cues by Deepgram's package, as it is without options: eight words each. */
export const deepgramCues = finals =>
  cuesIn(
    srt({
      results: {
        utterances: finals.map(({ words }) => ({
          words: words.map(({ text, start, end }) => ({
            word: text,
            punctuated_word: text,
            start: start / 1000,
            end: end / 1000,
          })),
        })),
      },
    }),
  )

/** Words further apart than this (ms, start to start) do not share a cue. */
const longPause = 3000

/**
 * Cues by the rule of openai/whisper's writers (whisper/utils.py) where
 * --max_line_width and --max_line_count are given: lines are filled to the
 * last word that fits, cues to the last line, whatever is said. Each lasts from
 * its first word to its last.
 */
export const whisperCues = (finals, { maxLineWidth, maxLineCount }) => {
  const cues = []
  let before = finals[0].words[0].start
  for (const { text, start, end } of finals.flatMap(({ words }) => words)) {
    const pause = start - before > longPause
    before = start
    const cue = cues.at(-1)
    const line = cue?.lines.at(-1)
    if (cue && !pause && `${line} ${text}`.length <= maxLineWidth)
      cue.lines[cue.lines.length - 1] += ` ${text}`
    else if (cue && !pause && cue.lines.length < maxLineCount)
      cue.lines.push(text)
    else {
      cues.push({ start, end, lines: [text] })
      continue
    }
    cue.end = end
  }
  return cues
}
