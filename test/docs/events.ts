import t from 'tap'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { textOf } from '../fixtures/markdown.ts'

type Fields<Type extends TranscriptEvent['type']> = Exclude<
  keyof Extract<TranscriptEvent, { type: Type }>,
  'type'
>

/** Every field of every event; the compiler knows whether one is missing. */
const events: {
  [Type in TranscriptEvent['type']]: Record<Fields<Type>, true>
} = {
  start: { schema: true, engine: true, model: true },
  'speech-start': { turn: true, at: true, channel: true },
  delta: { turn: true, text: true, at: true, channel: true },
  'speech-end': { turn: true, at: true, channel: true },
  final: {
    turn: true,
    text: true,
    start: true,
    end: true,
    words: true,
    channel: true,
    speaker: true,
    language: true,
    logprobs: true,
    usage: true,
    segment: true,
  },
  gap: { start: true, end: true, reason: true, channel: true },
  warning: { code: true, message: true },
  end: { duration: true, complete: true, usage: true },
}

t.test('the guide has every event with every field', async t => {
  const [, chapter = ''] = textOf('docs/guide/live.md').split('\n## Events\n')
  const rows = [...chapter.matchAll(/^\| `([a-z-]+)` +\|.*\| (.*) \|$/gm)]
  t.same(
    rows.map(([, type, fields]) => [
      type,
      [...fields!.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]),
    Object.entries(events).map(([type, fields]) => [type, Object.keys(fields)]),
  )
})
