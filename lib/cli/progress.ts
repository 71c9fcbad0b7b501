import type { TranscriptEvent } from '../index.ts'
import type { Reporter } from './reporter.ts'

/** How far a transcript is. */
export type Progress = {
  readonly audioMs: number
  readonly durationMs?: number | undefined
}

/** `75_000` as `1:15`, with hours where there are any. */
export const clock = (ms: number): string => {
  const total = Math.max(0, Math.round(ms / 1000))
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60)]
  const two = (n: number): string => String(n % 60).padStart(2, '0')
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(total)}`
    : `${minutes}:${two(total)}`
}

/** Bytes in megabytes, as download pages count them. */
export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/** What the progress line says: audio done, speed, time left. */
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
 * @returns what to call with the progress
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
 * Shows how far a service is with one input, by its events: it does not tell
 * what it has read.
 *
 * @returns what to call with the events
 */
export const showAnswers =
  (reporter: Reporter, name: string) =>
  (event: TranscriptEvent): void => {
    if (event.type === 'start')
      reporter.status(`${name}: ${event.model} is at it`)
    else if (event.type === 'final')
      reporter.status(`${name}: ${clock(event.end)} transcribed`)
  }

/** A model's download: its progress, or one line where there is no terminal. */
export const showFetch = (
  reporter: Reporter,
): ((fetch: { model: string; received: number; total: number }) => void) => {
  const told = new Set<string>()
  return ({ model, received, total }) => {
    if (!told.has(model))
      reporter.note(`fetching ${model}, once (${megabytes(total)})`)
    told.add(model)
    const percent = Math.floor((received / total) * 100)
    if (received < total) reporter.status(`${model}: ${percent}%`)
    else reporter.clearStatus()
  }
}
