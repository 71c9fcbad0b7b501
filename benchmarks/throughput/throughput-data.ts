import type { Distribution } from '../statistics.ts'

/** Stages that are measured alone, and the line that most audio goes. */
export const stageNames = [
  'decode wav',
  'decode mp3',
  'decode flac',
  'decode opus',
  'resample',
  'chunk',
  'format srt',
  'decode → resample → chunk',
] as const

/** One of {@link stageNames}. */
export type StageName = (typeof stageNames)[number]

/** How fast something is, as a multiple of real time. */
export type Speed = {
  /** Median of the runs. */
  readonly speed: number
  /** Half the distance of the quartiles, to the median. */
  readonly spread: number
  readonly runs: number
}

/** What the suite found out. */
export type ThroughputData = {
  readonly stages: readonly (Speed & { readonly stage: string })[]
  readonly texts: readonly (Speed & {
    readonly model: string
    /** Of speech, in s. */
    readonly seconds: number
    /** Until the engine is ready, in ms. */
    readonly loadMs: number
    /** Most resident memory, in bytes. */
    readonly peakRss: number
    /** Beside others on the same turns: our speed to theirs, run by run. */
    readonly beside: readonly (Speed & {
      readonly name: string
      readonly ratio: number
    })[]
  })[]
  /** How late the event loop comes to a timer, in ms. */
  readonly loopDelays: readonly {
    readonly while: string
    readonly delay: Distribution & { readonly p999: number | null }
  }[]
}
