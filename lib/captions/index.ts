export { captionFormats, extensionOf } from './formats/caption-formats.ts'
export type { CaptionOptions } from './caption-options.ts'
export type { CaptionInput } from './cues/check-input.ts'
export * from './cues/cue.ts'
export {
  captionProfiles,
  type CaptionProfile,
  type CaptionProfileName,
  type LanguageRules,
  type SpeakerStyle,
} from './profiles.ts'
export {
  CueChecker,
  checkCues,
  type CueCheckOptions,
  type CueFinding,
} from './cues/check-cues.ts'
export {
  assignSpeakers,
  type AssignSpeakersOptions,
  SpeakerAssigner,
  type SpeakerAssignerOptions,
} from './speakers/assign-speakers.ts'
export { readRttm, type ReadRttmOptions } from './speakers/rttm.ts'
export {
  CueMaker,
  makeCues,
  type CueMakerOptions,
  type CueOptions,
} from './cues/cue-maker.ts'
export { LiveCaptions, type LiveCaptionsOptions } from './live/live-captions.ts'
export { RollUp } from './live/roll-up.ts'
export type { RollUpScreen } from './live/roll-up-screen.ts'
export { formatCaptions } from './caption-formatter.ts'
export {
  HlsCaptions,
  type HlsFile,
  type HlsCaptionsOptions,
} from './hls/hls-captions.ts'
export type { HlsPlaylistKind } from './hls/hls-segments.ts'
export {
  CaptionReader,
  type CaptionReaderOptions,
  type ReadableFormat,
  readCaptions,
  type ReadCaptionsOptions,
} from './read/caption-reader.ts'
export { orderCues, type OrderCuesOptions } from './cues/order-cues.ts'
export { HlsFolder, type HlsFolderOptions } from '../io/hls-folder.ts'
