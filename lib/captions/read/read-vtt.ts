import { decodeHTML } from 'entities/decode'
import { cleanText } from '../cues/caption-text.ts'
import { cueColors, type Cue, type CueColor } from '../cues/cue.ts'
import {
  CueLines,
  clampedTimes,
  type CueSink,
  type CueTimes,
  type LineReader,
} from './text-lines.ts'
import { srtTimes } from './read-srt.ts'

type VoicePart = Pick<Cue, 'lines' | 'speaker' | 'color'>

/** A tag ends with its `>` or with the text. */
const token = /<([^>]*)>?|[^<]+/g
const startTag = /^([^\t\n\f .]*)((?:\.[^\t\n\f ]*)?)(?:[\t\n\f ]([^]*))?$/

const colorIn = (classes: string): CueColor | undefined =>
  cueColors.find(color => classes.split('.').includes(color))

class VoicePartBuilder {
  text = ''
  speaker: string | undefined
  readonly #colors = new Set<CueColor | undefined>()

  constructor(speaker?: string) {
    this.speaker = speaker
  }

  add(text: string, color: CueColor | undefined): void {
    this.text += text
    if (text.trim() !== '') this.#colors.add(color)
  }

  close(): VoicePart {
    const lines = this.text
      .split('\n')
      .map(cleanText)
      .filter(line => line !== '')
    const color = this.#colors.size === 1 ? [...this.#colors][0] : undefined
    return {
      lines,
      ...(this.speaker !== undefined && { speaker: this.speaker }),
      ...(color !== undefined && { color }),
    }
  }
}

/**
 * Returns the plain text of a WebVTT cue, one part per voice. Text outside of
 * voices belongs to the previous one, or to the first. Ruby text follows its
 * base in parentheses; a class may be a colour; other tags and times in the
 * text are removed.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-cue-text-tokenizer
 */
export const voicesIn = (text: string): VoicePart[] => {
  const parts = [new VoicePartBuilder()]
  const colors: (CueColor | undefined)[] = []
  let inRuby = false
  let inRubyText = false
  const add = (more: string): void => parts.at(-1)!.add(more, colors.at(-1))
  const closeRubyText = (): void => {
    if (inRubyText) add(')')
    inRubyText = false
  }
  const speak = (name: string): void => {
    const last = parts.at(-1)!
    if (last.speaker === undefined) last.speaker = name
    else if (name !== last.speaker) parts.push(new VoicePartBuilder(name))
  }

  for (const [whole, tag] of text.matchAll(token)) {
    if (tag === undefined) {
      add(decodeHTML(whole))
      continue
    }
    const [, name, classes, annotation] = startTag.exec(tag) ?? []
    if (name === 'v') {
      const speaker = cleanText(decodeHTML(annotation ?? ''))
      if (speaker !== '') speak(speaker)
    } else if (name === 'c') colors.push(colorIn(classes!) ?? colors.at(-1))
    else if (name === '/c') colors.pop()
    else if (name === 'ruby') inRuby = true
    else if (name === 'rt' && inRuby && !inRubyText) {
      inRubyText = true
      add('(')
    } else if (name === '/rt' || name === '/ruby') {
      closeRubyText()
      if (name === '/ruby') inRuby = false
    }
  }
  closeRubyText()
  return parts.map(part => part.close()).filter(({ lines }) => lines.length > 0)
}

const timestamp = String.raw`(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})(?!\d)`
const space = String.raw`[\t\n\f\r ]*`
const timings = new RegExp(
  `^${space}${timestamp}${space}-->${space}${timestamp}`,
)

const msOf = (found: readonly (string | undefined)[]): number | undefined => {
  const [h, m, s, ms] = found.map(digits => Number(digits ?? 0))
  if (m! > 59 || s! > 59) return undefined
  const total = ((h! * 60 + m!) * 60 + s!) * 1000 + ms!
  return total <= Number.MAX_SAFE_INTEGER ? total : undefined
}

/**
 * Reads WebVTT timings in ms without settings; undefined if invalid.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-timings-and-settings
 */
export const vttTimes = (
  line: string,
): { readonly start: number; readonly end: number } | undefined => {
  const found = timings.exec(line)
  const start = found ? msOf(found.slice(1, 5)) : undefined
  const end = found ? msOf(found.slice(5, 9)) : undefined
  return start === undefined || end === undefined ? undefined : { start, end }
}

export const vttSignature = /^WEBVTT(?=[ \t]|$)/

/** Blocks that are no cues; concatenated files contain `WEBVTT`. */
const knownBlock = /^(?:NOTE|WEBVTT)(?=[ \t]|$)|^(?:STYLE|REGION)\s*$/

/**
 * Reads WebVTT by the standard's algorithm. Cues with invalid but readable
 * times such as `00:01,500`, which browsers skip, are read with a warning.
 * Notes, styles, regions, settings and the header are ignored, including
 * `X-TIMESTAMP-MAP`.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-parser-algorithm
 */
export class VttReader implements LineReader {
  readonly #sink: CueSink
  #place: 'signature' | 'header' | 'body' = 'signature'
  #count = 0
  #seenArrow = false
  #times: CueTimes | undefined
  readonly #text: CueLines
  /** First line of a block that may be no cue. */
  #unknown: number | undefined

  constructor(sink: CueSink) {
    this.#sink = sink
    this.#text = new CueLines(sink)
  }

  line(raw: string, number: number): void {
    const text = raw.replaceAll('\0', '\ufffd')
    if (this.#place === 'signature') {
      this.#place = 'body'
      if (vttSignature.test(text)) {
        this.#place = 'header'
        return
      }
      this.#sink.warn(
        number,
        "the file does not begin with 'WEBVTT', so players reject it; voxpipe reads it anyway",
      )
    }
    if (this.#place === 'header') {
      if (text !== '' && !text.includes('-->')) return
      this.#place = 'body'
    }
    if (text === '') this.#finish()
    else this.#inBlock(text, number)
  }

  end(): void {
    this.#finish()
  }

  #inBlock(text: string, number: number): void {
    this.#count++
    if (text.includes('-->')) return this.#arrow(text, number)
    if (this.#seenArrow) {
      if (this.#times) this.#text.add(text, number)
    } else if (this.#count === 1 && !knownBlock.test(text))
      this.#unknown = number
  }

  #arrow(text: string, number: number): void {
    if (this.#count > 2 || this.#seenArrow) this.#finish()
    this.#count = Math.max(1, this.#count)
    this.#seenArrow = true
    this.#unknown = undefined // it was the cue's name
    const strict = vttTimes(text)
    const { start, end } = strict ?? srtTimes(text) ?? {}
    const line = number
    if (
      start === undefined ||
      end === undefined ||
      Math.max(start, end) > Number.MAX_SAFE_INTEGER
    )
      this.#sink.warn(line, 'these times cannot be read; the cue is skipped')
    else {
      if (!strict)
        this.#sink.warn(
          line,
          'these times are not valid WebVTT, so players skip the cue; voxpipe reads it anyway',
        )
      this.#times = clampedTimes({ start, end, line }, this.#sink)
    }
  }

  #finish(): void {
    if (this.#unknown !== undefined)
      this.#sink.warn(
        this.#unknown,
        'this text belongs to no cue and is skipped: in WebVTT a blank line ends a cue',
      )
    if (this.#times !== undefined) {
      const { start, end, line } = this.#times
      for (const part of voicesIn(this.#text.lines.join('\n')))
        this.#sink.cue({ start, end, ...part }, line)
    }
    this.#count = 0
    this.#seenArrow = false
    this.#times = undefined
    this.#text.clear()
    this.#unknown = undefined
  }
}
