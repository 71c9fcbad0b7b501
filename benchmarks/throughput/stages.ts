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
