import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  InputError,
  type StageWarning,
  type TranscriptEvent,
} from '../index.ts'
import { CaptionReader, type Cue } from '../captions/index.ts'
import { CliError, exitCode, readProblem } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/** The content of a file of captions or of a transcript. */
export type CaptionInputs = {
  readonly cues: readonly Cue[]
  /** Events of a transcript, which has no cues. */
  readonly events: readonly TranscriptEvent[]
  /** Number of the line with a cue's times. */
  readonly lineOf: (cue: Cue) => number
}

async function* bytesOf(
  input: string,
  { stdin }: Pick<Terminal, 'stdin'>,
): AsyncGenerator<Buffer> {
  try {
    yield* (
      input === '-' ? stdin : createReadStream(input)
    ) as AsyncIterable<Buffer>
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new InputError(
      `${input}: ${readProblem(error, 'give the files in it') ?? `cannot be read (${code})`}`,
      { cause: error },
    )
  }
}

/** Reads up to the first chunk that is not blank. */
const headOf = async (bytes: AsyncIterator<Buffer>): Promise<Buffer> => {
  const parts: Buffer[] = []
  for (;;) {
    const { value, done } = await bytes.next()
    if (done === true) return Buffer.concat(parts)
    parts.push(value)
    if (/[^\s\ufeff]/.test(value.toString())) return Buffer.concat(parts)
  }
}

const noTranscript = (line: number): CliError =>
  new CliError(
    exitCode.failed,
    `line ${line} is not a transcript event; the only JSON that can be read is the output of 'voxpipe -f jsonl'`,
  )

const isEvent = (value: unknown): value is TranscriptEvent =>
  typeof (value as TranscriptEvent | null)?.type === 'string'

const readEvents = async (
  bytes: Readable,
  warn: (message: string) => void,
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  let number = 0
  let damaged = 0
  for await (const line of createInterface({ input: bytes })) {
    number++
    if (line.trim() === '') continue
    if (damaged > 0) throw noTranscript(damaged)
    try {
      const value: unknown = JSON.parse(line)
      if (!isEvent(value)) throw noTranscript(number)
      events.push(value)
    } catch (error) {
      if (events.length === 0 || error instanceof CliError)
        throw noTranscript(number)
      damaged = number // the last may be cut short
    }
  }
  if (damaged > 0)
    warn(`line ${damaged}: the line is cut short and was skipped`)
  return events
}

/**
 * Reads a file of captions (SRT, WebVTT) or a transcript (`-f jsonl`).
 * @param input a path, or `-`
 * @param warn called for damaged parts
 * @throws CliError or InputError if it cannot be read
 */
export const readCaptionInput = async (
  input: string,
  terminal: Pick<Terminal, 'stdin'>,
  warn: (message: string) => void,
): Promise<CaptionInputs> => {
  const bytes = bytesOf(input, terminal)
  const head = await headOf(bytes)
  const whole = Readable.from(
    (async function* () {
      yield head
      yield* bytes
    })(),
  )
  if (/^[\s\ufeff]*[[{]/.test(head.toString()))
    return {
      cues: [],
      events: await readEvents(whole, warn),
      lineOf: () => 0,
    }
  const reader = new CaptionReader()
  reader.on('warning', ({ message }: StageWarning) => warn(message))
  const cues: Cue[] = []
  await pipeline(whole, reader, async stage => {
    for await (const cue of stage as AsyncIterable<Cue>) cues.push(cue)
  })
  return { cues, events: [], lineOf: cue => reader.lineOf(cue) ?? 0 }
}
