import { Readable } from 'node:stream'
import { SPEECH_SAMPLE_RATE } from '../core/audio-chunk.ts'
import { MicrophoneError, OptionError } from '../core/errors.ts'
import { checkSignal } from '../core/options.ts'
import { abortWith } from '../core/stage.ts'
import { outputOf, ByteChild, type ChildExit } from './child-process.ts'
import { findFfmpeg, findProgram } from './ffmpeg.ts'

const recordedFormat = {
  encoding: 's16le',
  sampleRate: SPEECH_SAMPLE_RATE,
  channels: 1,
} as const

/** A program that can record. */
export type Recorder = {
  /** The program. */
  readonly name: 'arecord' | 'ffmpeg'
  /** Its absolute path. */
  readonly path: string
}

type RecorderCall = Recorder & { readonly args: readonly string[] }

const hasAlsa = (platform: NodeJS.Platform): boolean =>
  platform !== 'win32' && platform !== 'darwin'

/**
 * Returns the program that {@link Microphone} records with: `arecord` on `PATH`
 * if the system has ALSA, else ffmpeg; undefined if there is none.
 */
export const findRecorder = ({
  env = process.env,
  platform = process.platform,
}: {
  /** Environment whose `PATH` is searched. @default process.env */
  env?: NodeJS.ProcessEnv
  /** @default process.platform */
  platform?: NodeJS.Platform
} = {}): Recorder | undefined => {
  const arecord = hasAlsa(platform) ? findProgram('arecord', env) : undefined
  if (arecord !== undefined) return { name: 'arecord', path: arecord }
  const ffmpeg = findFfmpeg(env)
  return ffmpeg === undefined ? undefined : { name: 'ffmpeg', path: ffmpeg }
}

const RATE = String(recordedFormat.sampleRate)

const ARECORD = `-q -t raw -f S16_LE -r ${RATE} -c 1`.split(' ')

const FFMPEG = '-nostdin -hide_banner -loglevel error'.split(' ')

const FFMPEG_OUT = `-ac 1 -ar ${RATE} -f s16le pipe:1`.split(' ')

/** Returns the first audio device in ffmpeg's list for DirectShow. */
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

/** Returns the calls to try in turn; none if there is no device. */
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
    args: [...FFMPEG, '-f', demuxer, '-i', input, ...FFMPEG_OUT],
  }))
}

/** Options of {@link Microphone}. */
export type MicrophoneOptions = {
  /**
   * The device, as the recorder names it. `arecord -L` lists devices, or
   * `ffmpeg -sources pulse` (`avfoundation`, `dshow`).
   * @default the system's, or the first that records sound
   */
  readonly device?: string
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({ device, signal }: MicrophoneOptions) => {
  const usable =
    typeof device === 'string' && device !== '' && !device.includes('\0')
  if (device !== undefined && !usable)
    throw new OptionError('device', 'must be the name of a device')
  checkSignal(signal)
  return { device, signal }
}

/** Environment variables that name sound servers. */
const PASSED = [
  'HOME',
  'XDG_RUNTIME_DIR',
  'PULSE_SERVER',
  'PULSE_SOURCE',
  'PULSE_COOKIE',
  'PIPEWIRE_REMOTE',
  'PIPEWIRE_RUNTIME_DIR',
  'ALSA_CONFIG_PATH',
]

/** Time for the user to allow access to the microphone. */
const STALL_MS = 60_000

const noRecorder = (): MicrophoneError =>
  new MicrophoneError(
    'there is no program to record the microphone with: ' +
      (process.platform === 'linux'
        ? 'install arecord (apt install alsa-utils) or ffmpeg'
        : 'install ffmpeg, or set VOXPIPE_FFMPEG to its absolute path'),
  )

const failed = (
  { name }: RecorderCall,
  { code, signal, lastLine, stalled }: ChildExit,
  hasSound: boolean,
): MicrophoneError => {
  const what = hasSound
    ? `${name} stopped recording`
    : `${name} could not record`
  const how = stalled
    ? 'no sound came'
    : lastLine || `it ended with ${signal ?? `exit code ${code}`}`
  return new MicrophoneError(
    `${what}: ${how}; check the microphone, or name another with --device (or the option 'device')`,
  )
}

/**
 * The microphone as a stream of PCM bytes in the format {@link Microphone.raw},
 * recorded by `arecord` or ffmpeg, until it is destroyed or the recorder ends.
 *
 * ```ts
 * const microphone = new Microphone()
 * transcribe(microphone, { raw: microphone.raw, live: true })
 * ```
 *
 * Emits `recording` with the recorder's name when the first sound arrives.
 *
 * Errors: `VOX_OPTION`; `VOX_MICROPHONE` if there is no recorder or it cannot
 * record, with its last line of output.
 */
export class Microphone extends Readable {
  /** Format of its bytes, for {@link Decoder} and {@link transcribe}. */
  readonly raw: {
    /** 16-bit PCM, little-endian. */
    readonly encoding: 's16le'
    /** Frames per second, in Hz: 16000. */
    readonly sampleRate: number
    /** Mono. */
    readonly channels: 1
  } = recordedFormat
  readonly #device: string | undefined
  #calls: RecorderCall[] | undefined
  #child: ByteChild | undefined
  #hasSound = false

  constructor(options: MicrophoneOptions = {}) {
    const { device, signal } = resolve(options)
    super()
    if (signal) abortWith(signal, this)
    this.#device = device
  }

  override _read(): void {
    this.#next().then(
      bytes => {
        if (!this.destroyed) this.push(bytes ?? null)
      },
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    if (!this.#child) return done(error)
    this.#child.kill().then(() => done(error), done)
  }

  /** Returns the next bytes of the first call that records. */
  async #next(): Promise<Uint8Array | undefined> {
    this.#calls ??= await this.#findCalls()
    for (let call; (call = this.#calls[0]) && !this.destroyed;) {
      this.#child ??= this.#start(call)
      const bytes = await this.#child.read()
      if (bytes) {
        if (!this.#hasSound) this.emit('recording', call.name)
        this.#hasSound = true
        return bytes
      }
      const exit = await this.#child.ended()
      if (this.#hasSound && exit.code === 0) return undefined
      if (this.#hasSound || this.#calls.length === 1)
        throw failed(call, exit, this.#hasSound)
      this.#calls.shift()
      this.#child = undefined
    }
    return undefined
  }

  async #findCalls(): Promise<RecorderCall[]> {
    const recorder = findRecorder()
    if (!recorder) throw noRecorder()
    const calls = await recorderCalls(recorder, this.#device)
    if (calls.length > 0) return calls
    throw new MicrophoneError(
      `${recorder.name} finds no microphone: connect one, or name it with --device (or the option 'device')`,
    )
  }

  #start({ path, args }: RecorderCall): ByteChild {
    const child = new ByteChild(path, args, {
      stallMs: STALL_MS,
      passed: PASSED,
    })
    child.endInput()
    return child
  }
}
