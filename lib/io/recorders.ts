import { outputOf } from './child-process.ts'
import { findFfmpeg } from './ffmpeg.ts'
import { findProgram } from './find-program.ts'

/** What every recorder gives: headerless PCM, as the engine needs it. */
export const recordedFormat = {
  encoding: 's16le',
  sampleRate: 16_000,
  channels: 1,
} as const

/** A program that can record. */
export type Recorder = {
  readonly name: 'arecord' | 'ffmpeg'
  /** Its absolute path. */
  readonly path: string
}

/** A recorder with the words to call it with. */
export type RecorderCall = Recorder & { readonly args: readonly string[] }

/** Where to look; the defaults are this machine. */
type Place = {
  readonly env?: NodeJS.ProcessEnv
  readonly platform?: NodeJS.Platform
}

const hasAlsa = (platform: NodeJS.Platform): boolean =>
  platform !== 'win32' && platform !== 'darwin'

/**
 * The program that {@link Microphone} records with: `arecord` on `PATH` where
 * the system has ALSA, else ffmpeg; undefined where there is none.
 */
export const findRecorder = ({
  env = process.env,
  platform = process.platform,
}: Place = {}): Recorder | undefined => {
  const arecord = hasAlsa(platform) ? findProgram('arecord', env) : undefined
  if (arecord !== undefined) return { name: 'arecord', path: arecord }
  const ffmpeg = findFfmpeg(env)
  return ffmpeg === undefined ? undefined : { name: 'ffmpeg', path: ffmpeg }
}

const RATE = String(recordedFormat.sampleRate)

const ARECORD = `-q -t raw -f S16_LE -r ${RATE} -c 1`.split(' ')

const FFMPEG_OUT = `-ac 1 -ar ${RATE} -f s16le pipe:1`.split(' ')

const ffmpegArgs = (demuxer: string, input: string): string[] =>
  [
    ['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ['-f', demuxer, '-i', input],
    FFMPEG_OUT,
  ].flat()

/** The first that records sound in ffmpeg's list of DirectShow devices. */
export const firstAudioSource = (list: string): string | undefined =>
  /^[* ] (\S.*?) \[.*\] \([^)]*audio[^)]*\)\s*$/m.exec(list)?.[1]

const DEVICES_MS = 10_000

const ffmpegInputs = async (
  path: string,
  device: string | undefined,
  platform: NodeJS.Platform,
): Promise<[demuxer: string, input: string][]> => {
  if (platform === 'darwin')
    return [['avfoundation', `:${device ?? 'default'}`]]
  if (platform !== 'win32')
    return [
      ['pulse', device ?? 'default'],
      ['alsa', device ?? 'default'],
    ]
  const args = ['-hide_banner', '-sources', 'dshow']
  const source =
    device ?? firstAudioSource(await outputOf(path, args, DEVICES_MS))
  return source === undefined ? [] : [['dshow', `audio=${source}`]]
}

/**
 * How a recorder is called for a device: the ways to try, one after the
 * other. None where no device is found.
 */
export const recorderCalls = async (
  recorder: Recorder,
  device?: string,
  platform: NodeJS.Platform = process.platform,
): Promise<RecorderCall[]> => {
  if (recorder.name === 'arecord') {
    const args = device === undefined ? ARECORD : [...ARECORD, '-D', device]
    return [{ ...recorder, args }]
  }
  const inputs = await ffmpegInputs(recorder.path, device, platform)
  return inputs.map(([demuxer, input]) => ({
    ...recorder,
    args: ffmpegArgs(demuxer, input),
  }))
}
