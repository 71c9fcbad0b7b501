export { countNumbers, type NumberCount } from './count-numbers.ts'
export type {
  ConnectionFault,
  Fault,
  FaultAction,
  FaultMoment,
  TranscriptFault,
} from './faults.ts'
export { hearNumbers } from './hear-numbers.ts'
export { numberedAudio, type NumberedAudioOptions } from './numbered-audio.ts'
export { numberedTurns, type NumberedTurnsOptions } from './numbered-turns.ts'
export type {
  Delay,
  Hear,
  HearInfo,
  SpeechServerOptions,
} from './server-options.ts'
export { SpeechServer } from './speech-server.ts'
export type { Cut, Respond, ScriptedAnswer } from './uploads/scripted-answer.ts'
export type { UploadRecord } from './uploads/upload-record.ts'
