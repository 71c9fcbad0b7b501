import { decodeHTML } from 'entities/decode'
import { cleanText } from '../cues/clean-text.ts'
import { cueColors, type CueColor } from '../cues/cue.ts'

/** What one voice says in a cue. */
export type VoicePart = {
  readonly speaker?: string
  /** Of all of its text. */
  readonly color?: CueColor
  readonly lines: readonly string[]
}

/** A tag goes to its `>`, or to the end of the text. */
const token = /<([^>]*)>?|[^<]+/g
const startTag = /^([^\t\n\f .]*)((?:\.[^\t\n\f ]*)?)(?:[\t\n\f ]([^]*))?$/

const colorIn = (classes: string): CueColor | undefined =>
  cueColors.find(color => classes.split('.').includes(color))

/** A part while it is read. */
class OpenPart {
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
 * The plain text of a WebVTT cue, by the standard's tokenizer, one part for each
 * voice that speaks. Text outside of voices belongs to the one before it, or to
 * the first. What stands above ruby characters follows them in parentheses; a
 * class may give a colour; other tags and times within the text leave nothing.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-cue-text-tokenizer
 */
export const voicesIn = (text: string): VoicePart[] => {
  const parts = [new OpenPart()]
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
    else if (name !== last.speaker) parts.push(new OpenPart(name))
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
