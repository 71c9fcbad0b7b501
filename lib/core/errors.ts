/** Codes of `'warning'` events and of transcripts' `warning` events. */
export type WarningCode =
  | 'VOX_OPTION'
  | 'VOX_FORMAT'
  | 'VOX_DECODE'
  | 'VOX_TRUNCATED'
  | 'VOX_MAX_DURATION'
  | 'VOX_MODEL_CORRUPT'
  | 'VOX_LANGUAGE'
  | 'VOX_LIVE_BEHIND'
  | 'VOX_RECONNECTING'
  | 'VOX_SERVICE_EVENT'
  | 'VOX_MODEL_ENDING'
  | 'VOX_CAPTION'

/** Every code of a {@link VoxpipeError} or a warning: see docs/errors.md. */
export type ErrorCode =
  | 'VOX_OPTION'
  | 'VOX_FORMAT'
  | 'VOX_FORMAT_UNKNOWN'
  | 'VOX_INPUT'
  | 'VOX_INPUT_EMPTY'
  | 'VOX_DECODE'
  | 'VOX_TRUNCATED'
  | 'VOX_MAX_DURATION'
  | 'VOX_FFMPEG_MISSING'
  | 'VOX_FFMPEG_FAILED'
  | 'VOX_MICROPHONE'
  | 'VOX_BUNDLED'
  | 'VOX_ENGINE_MISSING'
  | 'VOX_ENGINE_FAILED'
  | 'VOX_MODEL_UNKNOWN'
  | 'VOX_MODEL_MISSING'
  | 'VOX_MODEL_CORRUPT'
  | 'VOX_LANGUAGE'
  | 'VOX_OUTPUT'
  | 'VOX_KEY_MISSING'
  | 'VOX_SERVICE_REFUSED'
  | 'VOX_SERVICE_FAILED'
  | 'VOX_LIVE_BEHIND'
  | 'VOX_RECONNECTING'
  | 'VOX_SERVICE_EVENT'
  | 'VOX_MODEL_ENDING'
  | 'VOX_CAPTION'

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

/** An option has a value that cannot be used. */
export class OptionError extends VoxpipeError {
  readonly code = 'VOX_OPTION'
  /** Name of the option, such as `ms` or `timing.pingMs`. */
  readonly option: string
  constructor(option: string, problem: string, options?: ErrorOptions) {
    super(`option '${option}' ${problem}`, options)
    this.option = option
  }
}

/** A stage received audio in a form that it does not accept. */
export class FormatError extends VoxpipeError {
  readonly code = 'VOX_FORMAT'
}

/** The bytes are in no audio format that voxpipe can read. */
export class UnknownFormatError extends VoxpipeError {
  readonly code = 'VOX_FORMAT_UNKNOWN'
}

/** The input cannot be opened or read. */
export class InputError extends VoxpipeError {
  readonly code = 'VOX_INPUT'
}

/** The input has no bytes or no audio. */
export class EmptyInputError extends VoxpipeError {
  readonly code = 'VOX_INPUT_EMPTY'
}

/** The format is known, but its content cannot be decoded. */
export class DecodeError extends VoxpipeError {
  readonly code = 'VOX_DECODE'
  /** The format as sniffed from the bytes: `wav`, `mp3`, … */
  readonly format: string
  constructor(format: string, problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.format = format
  }
}

/** The input holds less audio than its container declares. */
export class TruncatedError extends VoxpipeError {
  readonly code = 'VOX_TRUNCATED'
}

/** ffmpeg is needed for this input and was not found. */
export class FfmpegMissingError extends VoxpipeError {
  readonly code = 'VOX_FFMPEG_MISSING'
}

/** ffmpeg ended with an error. */
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

/** No recording program was found, or recording failed. */
export class MicrophoneError extends VoxpipeError {
  readonly code = 'VOX_MICROPHONE'
}

/** A part of voxpipe is missing, usually because a bundler omitted it. */
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

/** The inference runtime is not installed. */
export class EngineMissingError extends VoxpipeError {
  readonly code = 'VOX_ENGINE_MISSING'
}

/** The inference engine failed during a run. */
export class EngineFailedError extends VoxpipeError {
  readonly code = 'VOX_ENGINE_FAILED'
}

/** No model has that name. */
export class UnknownModelError extends VoxpipeError {
  readonly code = 'VOX_MODEL_UNKNOWN'
}

/** A model is not in the cache and could not be downloaded. */
export class ModelMissingError extends VoxpipeError {
  readonly code = 'VOX_MODEL_MISSING'
  override readonly retryable = true
}

/** A model file differs from the published one. */
export class ModelCorruptError extends VoxpipeError {
  readonly code = 'VOX_MODEL_CORRUPT'
}

/** The engine does not support the requested language. */
export class LanguageError extends VoxpipeError {
  readonly code = 'VOX_LANGUAGE'
}

/** The result cannot be written. */
export class OutputError extends VoxpipeError {
  readonly code = 'VOX_OUTPUT'
}

/** No API key was given for the service. */
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
 * call would not help.
 */
export class ServiceRefusedError extends ServiceError {
  readonly code = 'VOX_SERVICE_REFUSED'
}

/** The service cannot be reached, or failed repeatedly. */
export class ServiceFailedError extends ServiceError {
  readonly code = 'VOX_SERVICE_FAILED'
  override readonly retryable = true
}
