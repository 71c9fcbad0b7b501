/*
 * Draws docs/pictures/live-captions.svg: live text as it appeared in a real
 * run. `npm run docs:picture` draws it from the recorded run beside it;
 * `npm run docs:picture -- record` first records a new run of the clip that
 * ships, played in real time through the local engine.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { transcribe } from '../lib/index.ts'
import { MoonshineRecognizer } from '../lib/recognizers/index.ts'

const root = resolve(import.meta.dirname, '..')
const recording = join(root, 'docs/pictures/live-captions.json')
const picture = join(root, 'docs/pictures/live-captions.svg')

/** Text that appeared, `ms` after the first sample was played. */
export type Appearance = {
  readonly ms: number
  readonly type: 'delta' | 'final'
  readonly turn: string
  readonly text: string
}

/** A recorded run. */
export type LiveRun = {
  readonly clip: string
  readonly model: string
  readonly machine: string
  readonly date: string
  readonly appearances: readonly Appearance[]
}

/** Plays the clip in real time, and records when its text appears. */
const record = async (): Promise<LiveRun> => {
  const clip = 'assets/demo.wav'
  const model = 'base'
  const wav = await readFile(join(root, clip))
  const recognizer = new MoonshineRecognizer({ model })
  await recognizer.warmUp()
  let begun = 0
  const played = async function* () {
    const step = 1_600 // bytes: 50 ms of 16 kHz, 16 bits, mono
    begun = performance.now()
    for (let at = 0; at < wav.length; at += step) {
      await sleep(begun + (50 * at) / step - performance.now())
      yield wav.subarray(at, at + step)
    }
  }
  const appearances: Appearance[] = []
  const source = Readable.from(played(), { highWaterMark: 1 })
  for await (const event of transcribe(source, { live: true, recognizer }))
    if (event.type === 'delta' || event.type === 'final') {
      const { type, turn, text } = event
      const ms = Math.round(performance.now() - begun)
      appearances.push({ ms, type, turn, text })
    } else if (event.type === 'warning') console.warn(event.message)
  await recognizer.close()
  return {
    clip,
    model,
    machine: `${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    appearances,
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Sizes in pixels. */
const [width, top, row, letter] = [640, 82, 30, 9.6]

/** The picture of a run: it repeats, and stands still where motion is reduced. */
export const drawRun = ({ appearances }: LiveRun): string => {
  const turns = [...new Set(appearances.map(({ turn }) => turn))]
  const seconds = Math.ceil(appearances.at(-1)!.ms / 1_000) + 2
  const height = top + row * turns.length
  const percent = (ms: number): string => (ms / seconds / 10).toFixed(2)
  const styles: string[] = []
  const texts: string[] = []

  /** A text that is seen from one time to another. */
  const show = (
    kind: string,
    [x, y]: readonly [number, number],
    text: string,
    [from, to]: readonly [number, number],
  ): void => {
    const name = `t${texts.length}`
    const hidden = to < seconds * 1_000 ? `${percent(to)}%{opacity:0}` : ''
    const shown = `${percent(from)}%{opacity:1}`
    const start = from > 0 ? '0%{opacity:0}' : ''
    styles.push(
      `@keyframes ${name}{${start}${shown}${hidden}}`,
      `.${name}{animation:${name} ${seconds}s step-end infinite}`,
    )
    const length = (text.length * letter).toFixed(1)
    texts.push(
      `<text class="${kind} ${name}" x="${x.toFixed(1)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`,
    )
  }

  for (const [i, turn] of turns.entries()) {
    const y = top + i * row
    const own = appearances.filter(one => one.turn === turn)
    const { ms: end, text } = own.find(({ type }) => type === 'final')!
    let column = 0
    for (const { ms, type, text: delta } of own) {
      if (type === 'final') continue
      const word = column === 0 ? delta.trimStart() : delta
      const indent = word.length - word.trimStart().length
      const x = 24 + (column + indent) * letter
      column += word.length
      // What comes right before its final is not seen.
      if (ms < end) show('delta', [x, y], word.trim(), [ms, end])
    }
    show('final', [24, y], text, [end, seconds * 1_000])
  }
  for (let s = 0; s < seconds; s++)
    show(
      'clock',
      [width - 24 - 4 * letter, 30],
      `${s} s`.padStart(4, '\u00A0'),
      [s * 1_000, (s + 1) * 1_000],
    )

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>voxpipe - --live</title>
<style>
text{font:16px ui-monospace,Menlo,Consolas,monospace;fill:#e6edf3}
.bar,.clock{fill:#8b949e}
.delta{fill:#8b949e;opacity:0}
.clock{opacity:0}
${styles.join('\n')}
@media (prefers-reduced-motion:reduce){text{animation:none}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<text class="bar" x="24" y="30">$ voxpipe - --live</text>
${texts.join('\n')}
</svg>
`
}

/** The recorded run that the picture shows. */
export const recordedRun = (): LiveRun =>
  JSON.parse(readFileSync(recording, 'utf8')) as LiveRun

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === 'record')
    writeFileSync(
      recording,
      `${JSON.stringify(await record(), undefined, 2)}\n`,
    )
  writeFileSync(picture, drawRun(recordedRun()))
  console.log('written: docs/pictures/live-captions.svg')
}
