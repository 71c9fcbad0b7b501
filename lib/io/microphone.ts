import { Readable } from 'node:stream'
import { MicrophoneError, OptionError } from '../core/errors.ts'
import { checkSignal } from '../core/options.ts'
import { abortWith } from '../core/stage.ts'
import { ByteChild, type ChildExit } from './child-process.ts'
import {
  findRecorder,
  recordedFormat,
  recorderCalls,
  type RecorderCall,
} from './recorders.ts'

/** Options of {@link Microphone}. */
export type MicrophoneOptions = {
  /**
   * The device, in the recorder's words: `arecord -L` lists them, or
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

/** What sound servers need of our environment to be found. */
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

/** Long enough for somebody to allow the microphone to be used. */
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
  heard: boolean,
): MicrophoneError => {
  const what = heard ? `${name} stopped recording` : `${name} could not record`
  const how = stalled
    ? 'no sound came'
    : lastLine || `it ended with ${signal ?? `exit code ${code}`}`
  return new MicrophoneError(
    `${what}: ${how}; check the microphone, or name another with --device (or the option 'device')`,
  )
}

/**
 * The microphone as a stream of PCM bytes, recorded by `arecord` or ffmpeg;
 * {@link Microphone.raw} says in which format. It goes on until it is
 * destroyed, or the recorder ends.
 *
 * ```ts
 * const microphone = new Microphone()
 * transcribe(microphone, { raw: microphone.raw, live: true })
 * ```
 *
 * Emits `recording` with the recorder's name once sound comes.
 *
 * Errors: `VOX_OPTION`; `VOX_MICROPHONE` where there is no recorder, or it
 * cannot record, with the last line that it printed.
 */
export class Microphone extends Readable {
  /** The format of its bytes, for {@link Decoder} and {@link transcribe}. */
  readonly raw = recordedFormat
  readonly #device: string | undefined
  #calls: RecorderCall[] | undefined
  #child: ByteChild | undefined
  #heard = false

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

  /** The next bytes of the first call that gives any. */
  async #next(): Promise<Uint8Array | undefined> {
    this.#calls ??= await this.#findCalls()
    for (let call; (call = this.#calls[0]) && !this.destroyed;) {
      this.#child ??= this.#start(call)
      const bytes = await this.#child.read()
      if (bytes) return this.#hear(call, bytes)
      const exit = await this.#child.ended()
      if (this.#heard && exit.code === 0) return undefined
      if (this.#heard || this.#calls.length === 1)
        throw failed(call, exit, this.#heard)
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

  #hear({ name }: RecorderCall, bytes: Uint8Array): Uint8Array {
    if (!this.#heard) this.emit('recording', name)
    this.#heard = true
    return bytes
  }
}
