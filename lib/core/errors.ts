import type { WarningCode } from './warning-code.ts'

/** Every code of a {@link VoxpipeError} or a warning: see docs/errors.md. */
export type ErrorCode =
  | WarningCode
  | 'VOX_FORMAT_UNKNOWN'
  | 'VOX_INPUT'
  | 'VOX_INPUT_EMPTY'
  | 'VOX_FFMPEG_MISSING'
  | 'VOX_FFMPEG_FAILED'
  | 'VOX_MICROPHONE'
  | 'VOX_BUNDLED'
  | 'VOX_ENGINE_MISSING'
  | 'VOX_ENGINE_FAILED'
  | 'VOX_MODEL_UNKNOWN'
  | 'VOX_MODEL_MISSING'
  | 'VOX_OUTPUT'
  | 'VOX_KEY_MISSING'
  | 'VOX_SERVICE_REFUSED'
  | 'VOX_SERVICE_FAILED'

/** Base of every error of this package. Match on `code`, not on the class. */
export abstract class VoxpipeError extends Error {
  /** Stable code; see docs/errors.md. */
  abstract readonly code: ErrorCode
  /** Whether the same call may succeed when repeated. */
  readonly retryable: boolean = false
  override get name(): string {
    return this.constructor.name
  }
}

/**
 * An option has a value that cannot be used. Constructors throw it before any
 * work starts. A proxy variable that is not the URL of a proxy, such as an
 * invalid `HTTPS_PROXY`, counts as an option.
 *
 * **Fix:** read the message. It names the option, the allowed values and the
 * given value.
 *
 * @group Options
 */
export class OptionError extends VoxpipeError {
  readonly code = 'VOX_OPTION'
  /** Name of the option, such as `ms` or `timing.pingMs`. */
  readonly option: string
  constructor(option: string, problem: string, options?: ErrorOptions) {
    super(`option '${option}' ${problem}`, options)
    this.option = option
  }
}

/**
 * A stage received audio in a form that it does not accept. Examples are bytes in
 * place of AudioChunks, another sample rate or number of channels, and audio that
 * goes back in time. A file of speakers' turns (RTTM) also causes it, if a line is
 * malformed or no recording in it matches the input.
 *
 * **Fix:** insert the stage that the message names, such as `new Resampler({
 * sampleRate: 16_000 })`. Use new stages for each source.
 *
 * @group Input
 */
export class FormatError extends VoxpipeError {
  readonly code = 'VOX_FORMAT'
}

/**
 * The bytes are in no audio format that voxpipe can read, or in no caption format
 * where captions are expected. The message says what they look like.
 *
 * **Fix:** check that it is the right file. For PCM without a header, specify its
 * format: `--raw s16le:16000:1`, or the option `raw`.
 *
 * @group Input
 */
export class UnknownFormatError extends VoxpipeError {
  readonly code = 'VOX_FORMAT_UNKNOWN'
}

/**
 * The input cannot be opened or read: it does not exist, is a folder, or may not
 * be read.
 *
 * **Fix:** check the name and the permissions. voxpipe does not search folders,
 * so name files.
 *
 * @group Input
 */
export class InputError extends VoxpipeError {
  readonly code = 'VOX_INPUT'
}

/**
 * The input has no bytes or no audio: it is empty, or has only a tag or a header.
 *
 * **Fix:** check the program that wrote it. In a pipe, the previous command
 * usually failed.
 *
 * @group Input
 */
export class EmptyInputError extends VoxpipeError {
  readonly code = 'VOX_INPUT_EMPTY'
}

/**
 * The format is known, but its content cannot be decoded. The file is damaged, has
 * no audio track, or uses an unsupported variant of the format.
 *
 * **Fix:** get a complete copy. `ffmpeg -i IN OUT.wav` may recover more of it.
 *
 * @group Input
 */
export class DecodeError extends VoxpipeError {
  readonly code = 'VOX_DECODE'
  /** The format as sniffed from the bytes: `wav`, `mp3`, … */
  readonly format: string
  constructor(format: string, problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.format = format
  }
}

/**
 * The input holds less audio than its container declares, or ends within a frame.
 * It is an error only with `strict`. voxpipe transcribes what is there first.
 *
 * **Fix:** get the rest, or omit `--strict`.
 *
 * @group Input
 */
export class TruncatedError extends VoxpipeError {
  readonly code = 'VOX_TRUNCATED'
}

/**
 * ffmpeg is needed for this input and was not found. M4A, MP4, video and some
 * other formats need it.
 *
 * **Fix:** install it (`apt install ffmpeg`, `brew install ffmpeg`), or set
 * `VOXPIPE_FFMPEG` to its absolute path. `voxpipe doctor` shows which one it finds.
 *
 * @group ffmpeg
 */
export class FfmpegMissingError extends VoxpipeError {
  readonly code = 'VOX_FFMPEG_MISSING'
}

/**
 * ffmpeg ended with an error, was killed, or made no progress. The message has the
 * last line that it printed.
 *
 * **Fix:** run `ffmpeg -i FILE -f null -` for details. Usually the file is damaged.
 *
 * @group ffmpeg
 */
export class FfmpegError extends VoxpipeError {
  readonly code = 'VOX_FFMPEG_FAILED'
  /** Exit code, or null if a signal ended ffmpeg. */
  readonly exitCode: number | null
  constructor(
    exitCode: number | null,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(problem, options)
    this.exitCode = exitCode
  }
}

/**
 * No recording program was found, or recording failed. The message has the last
 * line that the program printed.
 *
 * **Fix:** install `arecord` (`apt install alsa-utils`) or ffmpeg. `voxpipe doctor`
 * shows which one it finds. To use another device, pass `--device NAME` or the
 * option `device`. `arecord -L` or `ffmpeg -sources pulse` (`avfoundation`,
 * `dshow`) lists the names.
 *
 * @group Microphone
 */
export class MicrophoneError extends VoxpipeError {
  readonly code = 'VOX_MICROPHONE'
}

/**
 * A part of voxpipe is missing, usually because a bundler omitted it: a decoder,
 * the engine's program, or the package that downloads models.
 *
 * **Fix:** keep voxpipe out of the bundle and install it beside the bundle. See
 * docs/guide/embedding.md#bundlers for the setting of each bundler. Without a
 * bundler, install voxpipe again.
 *
 * @group Engine and models
 */
export class BundledError extends VoxpipeError {
  readonly code = 'VOX_BUNDLED'
  /** The part, such as `the MP3 decoder`. */
  readonly part: string
  constructor(part: string, problem: string, options?: ErrorOptions) {
    super(
      `${part} cannot be loaded: ${problem}; if voxpipe is in a bundle, keep ` +
        'it out and install it beside the bundle (esbuild: --external:voxpipe, ' +
        "webpack: externals, Next.js: serverExternalPackages: ['voxpipe']); " +
        'if it is not, install voxpipe again',
      options,
    )
    this.part = part
  }
}

/**
 * The inference runtime, `onnxruntime-node`, is not installed or has no build for
 * this system, or Node's permission model forbids native code. npm omits the
 * package without a message if its install script fails.
 *
 * **Fix:** `ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node@1.30`
 *
 * @group Engine and models
 */
export class EngineMissingError extends VoxpipeError {
  readonly code = 'VOX_ENGINE_MISSING'
}

/**
 * The inference engine failed during a run: its process crashed or was killed, or
 * you closed a recognizer that had jobs. It also fails if Node's permission model
 * forbids what it needs. The message says how the process ended, or which flags to
 * add. `SIGKILL` often means that the system ran out of memory.
 *
 * **Fix:** run it again: the next job starts a new process. If it fails again, free
 * some memory or use `new MoonshineRecognizer({ workers: 1 })`. Please report it
 * with the output of `voxpipe doctor`.
 *
 * @group Engine and models
 */
export class EngineFailedError extends VoxpipeError {
  readonly code = 'VOX_ENGINE_FAILED'
}

/**
 * No model has that name.
 *
 * **Fix:** use a name that `voxpipe models` lists.
 *
 * @group Engine and models
 */
export class UnknownModelError extends VoxpipeError {
  readonly code = 'VOX_MODEL_UNKNOWN'
}

/**
 * A model is not in the cache and could not be downloaded, or the folder of models
 * cannot be read or written. The message says why.
 *
 * **Fix:** try again with network access. For a machine without network access, run
 * `voxpipe models fetch NAME --model-dir DIR` elsewhere. Copy DIR and pass
 * `--model-dir DIR`.
 *
 * @group Engine and models
 */
export class ModelMissingError extends VoxpipeError {
  readonly code = 'VOX_MODEL_MISSING'
  override readonly retryable = true
}

/**
 * A model file differs from the published one in size or SHA-256. Either it cannot
 * be downloaded again, or it is in your own folder, which voxpipe does not change.
 *
 * **Fix:** delete it, or download it again: `voxpipe models fetch NAME --model-dir
 * DIR`.
 *
 * @group Engine and models
 */
export class ModelCorruptError extends VoxpipeError {
  readonly code = 'VOX_MODEL_CORRUPT'
}

/**
 * The engine does not support the requested language. The built-in engine
 * supports only English.
 *
 * **Fix:** omit `--language` if the speech is English. For another language, use
 * `--engine openai`.
 *
 * @group Options
 */
export class LanguageError extends VoxpipeError {
  readonly code = 'VOX_LANGUAGE'
}

/**
 * The result or a temporary file cannot be written: the disk is full, the folder
 * does not exist, or writing is not allowed. Some MP4 files need a temporary file.
 * So does audio that waits to be sent to OpenAI.
 *
 * **Fix:** free some space, write elsewhere with `-o`, or set `TMPDIR`.
 * `NAME.partial.EXT` keeps what was transcribed.
 *
 * @group Output
 */
export class OutputError extends VoxpipeError {
  readonly code = 'VOX_OUTPUT'
}

/**
 * No API key was given for the service, or the given text cannot be a key.
 *
 * **Fix:** set `OPENAI_API_KEY`. There is no option for it, because all users of the
 * machine can see options. A server on this machine
 * (`OPENAI_BASE_URL=http://127.0.0.1:…`) needs no key. Or omit `--engine openai`.
 *
 * @group OpenAI
 */
export class KeyMissingError extends VoxpipeError {
  readonly code = 'VOX_KEY_MISSING'
}

/** Details of a failure, as far as the service gave them. */
export type ServiceErrorDetails = {
  /** HTTP status of the response. */
  readonly status?: number | undefined
  /** Close code of the WebSocket. */
  readonly closeCode?: number | undefined
  /** The service's own code: `invalid_api_key`, `insufficient_quota`, … */
  readonly serviceCode?: string | undefined
  /** Request ID, to quote to the service's support. */
  readonly requestId?: string | undefined
}

/** Base of the errors of a transcription service. */
export abstract class ServiceError extends VoxpipeError {
  /** HTTP status of the response, if there was one. */
  readonly status: number | undefined
  /** Close code of the WebSocket, if it was closed. */
  readonly closeCode: number | undefined
  /** The service's own code, such as `invalid_api_key`. */
  readonly serviceCode: string | undefined
  /** Request ID, to quote to the service's support. */
  readonly requestId: string | undefined
  constructor(problem: string, facts: ServiceErrorDetails = {}) {
    super(problem)
    this.status = facts.status
    this.closeCode = facts.closeCode
    this.serviceCode = facts.serviceCode
    this.requestId = facts.requestId
  }
}

/**
 * The service refuses the key, the model, an option or the quota; repeating the
 * call would not help. It is also thrown if the service cannot be reached and
 * another attempt would not change that. Examples are an untrusted certificate, a
 * proxy that asks for a password, and an address that answers with a web page.
 * voxpipe does not retry, and a batch ends.
 *
 * **Fix:** follow the message, and quote `requestId` to the service's support. See
 * docs/guide/network.md#when-it-does-not-connect for the causes.
 *
 * @group OpenAI
 */
export class ServiceRefusedError extends ServiceError {
  readonly code = 'VOX_SERVICE_REFUSED'
}

/**
 * The service cannot be reached, or failed repeatedly. The message has the last
 * reason, and the address that did not answer. voxpipe keeps what the service
 * transcribed.
 *
 * **Fix:** check the network and `HTTPS_PROXY`, and run it again.
 *
 * @group OpenAI
 */
export class ServiceFailedError extends ServiceError {
  readonly code = 'VOX_SERVICE_FAILED'
  override readonly retryable = true
}
