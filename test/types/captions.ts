import type { SpeakerTurn, TranscriptEvent } from 'voxpipe'
import {
  CaptionReader,
  CueMaker,
  HlsCaptions,
  LiveCaptions,
  captionProfiles,
  checkCues,
  formatCaptions,
  makeCues,
  readRttm,
  type CaptionProfile,
  type Cue,
  type CueFinding,
  type SpeakerStyle,
} from 'voxpipe/captions'

export const srt = (events: TranscriptEvent[]): string =>
  formatCaptions(events, { format: 'srt', maxLineWidth: 40 })

export const profile: CaptionProfile = {
  ...captionProfiles.netflix,
  maxLineCount: 1,
}

export const cuesOf = (events: TranscriptEvent[]): Cue[] => [
  ...makeCues(events, { profile }),
]

export const findingsOf = (cues: Cue[]): CueFinding[] => [
  ...checkCues(cues, captionProfiles.bbc),
]

export const turns: readonly SpeakerTurn[] = readRttm('')

export const stages = [
  new CaptionReader(),
  new CueMaker(),
  new HlsCaptions({ live: true }),
  new LiveCaptions(),
]

// @ts-expect-error there is no such format
formatCaptions([], { format: 'docx' })
// @ts-expect-error there is no such limit
checkCues([], { maxLines: 2 })
// @ts-expect-error a cue has lines
export const wrongCue: Cue = { start: 0, end: 1_000 }
// @ts-expect-error cues do not change
export const wrongWrite = (cue: Cue): number => (cue.end = 0)
// @ts-expect-error there is no such style
export const wrongStyle: SpeakerStyle = 'bold'
// @ts-expect-error there is no such profile
export const wrongProfile = captionProfiles.youtube
