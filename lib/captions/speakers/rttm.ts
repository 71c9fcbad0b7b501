import { FormatError } from '../../core/errors.ts'
import type { SpeakerTurn } from '../../core/speaker-turn.ts'

/** Types of RTTM lines other than `SPEAKER`. */
const otherTypes = new Set([
  'SEGMENT',
  'NOSCORE',
  'NO_RT_METADATA',
  'LEXEME',
  'NON-LEX',
  'NON-SPEECH',
  'FILLER',
  'EDIT',
  'IP',
  'SU',
  'CB',
  'A/P',
  'SPKR-INFO',
])

/** `SPEAKER file channel start duration <NA> <NA> name …` */
const MIN_FIELDS = 8
const MAX_FIELDS = 10

type FileTurn = SpeakerTurn & { readonly file: string }

/** Options of {@link readRttm}. */
export type ReadRttmOptions = {
  /**
   * Name of the recording in the text. Ignored if the text has only one
   * recording.
   */
  readonly file?: string
}

const malformed = (line: number, problem: string): never => {
  throw new FormatError(
    `line ${line} of the RTTM ${problem}; a turn is written as ` +
      "'SPEAKER file 1 start duration <NA> <NA> name <NA> <NA>', in seconds",
  )
}

const msOf = (text: string): number =>
  /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)
    ? Math.round(1_000 * Number(text))
    : NaN

const turnOf = (fields: readonly string[], line: number): FileTurn => {
  if (fields.length < MIN_FIELDS || fields.length > MAX_FIELDS)
    malformed(line, `has ${fields.length} fields`)
  const [, file, channel, from, length, , , speaker] = fields
  const start = msOf(from!)
  const end = start + msOf(length!)
  if (!Number.isSafeInteger(end)) malformed(line, 'has no valid times')
  if (channel !== '<NA>' && !/^\d{1,4}$/.test(channel!))
    malformed(line, 'has no valid channel')
  if (speaker === '<NA>') malformed(line, 'names no speaker')
  return {
    file: file!,
    speaker: speaker!,
    start,
    end,
    ...(channel !== '<NA>' && { channel: Number(channel) }),
  }
}

function* turnsIn(text: string): Generator<FileTurn> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const [index, line] of lines.entries()) {
    const fields = line.trim().split(/\s+/)
    const type = fields[0]!
    if (type === '' || type.startsWith(';;')) continue
    if (type === 'SPEAKER') yield turnOf(fields, index + 1)
    else if (!otherTypes.has(type)) malformed(index + 1, 'has an unknown type')
  }
}

const ofOneFile = (
  turns: readonly FileTurn[],
  file: string | undefined,
): readonly FileTurn[] => {
  const files = new Set(turns.map(turn => turn.file))
  if (files.size <= 1) return turns
  if (file !== undefined && files.has(file))
    return turns.filter(turn => turn.file === file)
  throw new FormatError(
    `the RTTM describes ${files.size} recordings` +
      (file === undefined
        ? '; name one of them'
        : `, and none of them is '${file}'`),
  )
}

/**
 * Reads who speaks when from RTTM, the format of NIST's Rich Transcription
 * evaluations, which pyannote, NeMo and Kaldi write. Comments (`;;`) and lines
 * of other types are skipped. Turns are in order of their starts. Channels
 * count from 0; RTTM counts from 1, some programs from 0.
 *
 * @throws {FormatError} for a malformed line, with its number, and for a text
 * with several recordings if none is chosen
 */
export const readRttm = (
  text: string,
  { file }: ReadRttmOptions = {},
): SpeakerTurn[] => {
  const turns = ofOneFile([...turnsIn(text)], file)
  const first = turns.some(turn => turn.channel === 0) ? 0 : 1
  return turns
    .map(({ speaker, start, end, channel }): SpeakerTurn => ({
      speaker,
      start,
      end,
      ...(channel !== undefined && { channel: channel - first }),
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end)
}
