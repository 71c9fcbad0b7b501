import { logprobsOf, piecesOf } from '../../openai/wire/spoken-text.ts'
import { type Spoken, extrasOf, speakersOf } from '../../openai/wire/answers.ts'

type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>

const DELTA = 'transcript.text.delta'

function* plainEvents({ heard, fields }: Spoken): Generator<StreamEvent> {
  const logprobs = fields.include.length > 0
  for (const delta of piecesOf(heard.text))
    yield {
      type: DELTA,
      delta,
      ...(logprobs && { logprobs: logprobsOf([delta]) }),
    }
}

/** A segment's deltas, and then the segment with its speaker. */
function* diarizedEvents(spoken: Spoken): Generator<StreamEvent> {
  let first = true
  for (const segment of speakersOf(spoken)) {
    const text = first ? segment.text : ` ${segment.text}`
    first = false
    for (const delta of piecesOf(text))
      yield { type: DELTA, delta, segment_id: segment.id }
    if (spoken.fields.format === 'diarized_json')
      yield { type: 'transcript.text.segment', ...segment }
  }
}

/** The events of a streamed answer, in their order. */
export function* streamEvents(spoken: Spoken): Generator<StreamEvent> {
  yield* spoken.model.formats.includes('diarized_json')
    ? diarizedEvents(spoken)
    : plainEvents(spoken)
  yield {
    type: 'transcript.text.done',
    text: spoken.heard.text,
    ...extrasOf(spoken),
  }
}
