import stringWidth from 'string-width'
import type { Table } from '../suite.ts'
import type { ChartTool } from './chart-tool.ts'
import type { Markup } from './markup.ts'

/** How wide charts are drawn, in px: for a page, and for a phone. */
export const WIDE = 880
/** See {@link WIDE}. */
export const NARROW = 370

/** A mark, and what it means. */
export type Key = {
  readonly label: string
  readonly colour: string
  readonly mark: 'area' | 'line' | 'dashes' | 'dot' | 'ring'
}

/** A picture of figures, and the figures. */
export type Chart = {
  /** Says the unit. */
  readonly title: string
  /** How to read it; a sentence or two. */
  readonly about: string
  readonly keys?: readonly Key[]
  /** What it shows, as a table. */
  readonly numbers: Table
  /** Draws it so wide. */
  readonly draw: (tool: ChartTool, width: number) => string
}

/** A figure of a suite: a chart, or markup. */
export type ChartFigure = Chart | { readonly markup: Markup }

/** Colours that differ for everybody, on white and on black. */
export const colours = [1, 2, 3, 4, 5, 6].map(i => `var(--series-${i})`)

/** A name's colour: that of its place in the list. */
export const colourOf = (name: string, names: readonly string[]): string =>
  colours[Math.max(0, names.indexOf(name)) % colours.length]!

/** Panels so wide or high with gaps between: a scale that has no axis. */
export const panelScale = (panels: number, size: number, gap: number) => ({
  axis: null,
  // A scale of one panel would be padded at its ends.
  paddingInner: panels > 1 ? gap / (size + gap) : 0,
  round: false,
})

/** Widths of letters are not known here; these are of a common sans serif. */
const LETTER = 7

/** How wide a text is at 12 px, more or less. */
export const widthOf = (text: string): number => stringWidth(text) * LETTER

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A text that is no wider than so many px at 12 px. */
export const fitText = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let cut = ''
  for (const { segment: letter } of graphemes.segment(text)) {
    if (widthOf(`${cut}${letter}…`) > width) break
    cut += letter
  }
  return `${cut}…`
}

/** A number with so many digits that matter, in full. */
export const short = (value: number, digits = 3): string =>
  Math.abs(value) >= 10 ** digits
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(digits)))

/** Milliseconds; what is missing is a dash. */
export const ms = (value: number | null): string =>
  value === null ? '–' : `${Math.round(value).toLocaleString('en')} ms`

/** Powers of ten between two speeds: a logarithmic scale's ticks. */
export const powersOfTen = (low: number, high: number): number[] => {
  const first = Math.ceil(Math.log10(low))
  const last = Math.floor(Math.log10(high))
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
}

/** A part of one, in per cent. */
export const percent = (part: number): string => `${(part * 100).toFixed(1)} %`
