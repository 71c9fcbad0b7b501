import { readFile } from 'node:fs/promises'
import { textErrors } from '../accuracy/whisper-text.ts'
import { sumErrors, type ErrorCounts } from '../word-errors.ts'
import type { BenchClip } from '../clips.ts'
import { distributionOf } from '../statistics.ts'
import { FileTranscriber, openaiClient } from 'voxpipe/openai'
import type { FileRow } from './latency-data.ts'

type FileClip = Pick<BenchClip, 'id' | 'path' | 'text' | 'language'>
type Timed = FileRow['files'][number] & { readonly errors: ErrorCounts }

const timed = async (
  { id, path, text: reference, language }: FileClip,
  options: ConstructorParameters<typeof FileTranscriber>[0],
): Promise<Timed> => {
  const bytes = await readFile(path)
  const transcriber = new FileTranscriber({ ...options, stream: true })
  const began = performance.now()
  transcriber.end(bytes)
  const arrivals: number[] = []
  const texts: string[] = []
  for await (const event of transcriber as AsyncIterable<{
    readonly type: string
    readonly text: string
  }>) {
    const { type, text } = event
    if (type !== 'delta' && type !== 'final') continue
    arrivals.push(performance.now() - began)
    if (type === 'final') texts.push(text)
  }
  const [first, last] = [arrivals.at(0), arrivals.at(-1)]
  if (first === undefined || last === undefined)
    throw new Error('a file has no text')
  const errors =
    reference === undefined
      ? sumErrors([])
      : textErrors(reference, texts.join(' '), language)
  return { id, first, last, errors }
}

/** Files that OpenAI gets at once, and when their text came. */
export default async (
  {
    clips,
    model,
    language,
  }: {
    readonly clips: readonly FileClip[]
    readonly model: string
    readonly language?: string
  },
  { signal }: { readonly signal: AbortSignal },
): Promise<Omit<FileRow, 'name'>> => {
  const client = await openaiClient()
  const options = { client, model, signal, ...(language && { language }) }
  // The first connection is not measured.
  await timed(clips[0]!, options)
  const all: Timed[] = []
  for (const clip of clips) all.push(await timed(clip, options))
  return {
    model,
    first: distributionOf(all.map(({ first }) => first)),
    last: distributionOf(all.map(({ last }) => last)),
    errors: sumErrors(all.map(({ errors }) => errors)),
    files: all.map(({ id, first, last }) => ({ id, first, last })),
  }
}
