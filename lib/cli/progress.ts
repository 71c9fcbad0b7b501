import type { TranscriptEvent } from '../index.ts'
import type { Reporter } from './reporter.ts'

/** Progress of a transcript. */
export type Progress = {
  readonly audioMs: number
  readonly durationMs?: number | undefined
}

/** Formats `75_000` as `1:15`; hours are added if there are any. */
export const clock = (ms: number): string => {
  const total = Math.max(0, Math.round(ms / 1000))
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60)]
  const two = (n: number): string => String(n % 60).padStart(2, '0')
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(total)}`
    : `${minutes}:${two(total)}`
}

/** Formats bytes as decimal megabytes. */
export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/** The status line: audio done, speed, time left. */
export const progressText = (
  { audioMs, durationMs }: Progress,
  elapsedMs: number,
): string => {
  const speed = elapsedMs > 0 ? audioMs / elapsedMs : 0
  const done =
    durationMs === undefined
      ? clock(audioMs)
      : `${clock(audioMs)} of ${clock(durationMs)}`
  const pace = `${speed.toFixed(speed < 10 ? 1 : 0)}x`
  if (durationMs === undefined || speed === 0) return `${done}, ${pace}`
  return `${done}, ${pace}, ${clock((durationMs - audioMs) / speed)} left`
}

/**
 * Shows the progress of one input.
 *
 * @returns the listener for its progress
 */
export const showProgress = (
  reporter: Reporter,
  name: string,
): ((progress: Progress) => void) => {
  const begun = performance.now()
  return progress => {
    const elapsedMs = performance.now() - begun
    reporter.status(`${name}: ${progressText(progress, elapsedMs)}`)
  }
}

/**
 * Shows the progress of a service, which does not report what it has read.
 *
 * @returns the listener for its events
 */
export const showAnswers =
  (reporter: Reporter, name: string) =>
  (event: TranscriptEvent): void => {
    if (event.type === 'start')
      reporter.status(`${name}: ${event.model} is at it`)
    else if (event.type === 'final')
      reporter.status(`${name}: ${clock(event.end)} transcribed`)
  }

/** Shows the progress of a model's download; one line without a terminal. */
export const showFetch = (
  reporter: Reporter,
): ((fetch: { model: string; received: number; total: number }) => void) => {
  const announced = new Set<string>()
  return ({ model, received, total }) => {
    if (!announced.has(model))
      reporter.note(`fetching ${model}, once (${megabytes(total)})`)
    announced.add(model)
    const percent = Math.floor((received / total) * 100)
    if (received < total) reporter.status(`${model}: ${percent}%`)
    else reporter.clearStatus()
  }
}
