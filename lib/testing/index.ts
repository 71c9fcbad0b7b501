export { countNumbers, type NumberCount } from './number-code.ts'
export { FaultProxy, type FaultProxyOptions } from './fault-proxy.ts'
export type {
  ConnectionFault,
  Fault,
  FaultAction,
  FaultMoment,
  TranscriptFault,
} from './faults.ts'
export { recognizeNumbers } from './number-code.ts'
export { numberedAudio, type NumberedAudioOptions } from './numbered-audio.ts'
export { numberedTurns, type NumberedTurnsOptions } from './numbered-audio.ts'
export type {
  Delay,
  TranscribeAudio,
  AudioInfo,
  SpeechServerOptions,
} from './speech-server-options.ts'
export {
  scriptedRecognizer,
  type ScriptedJob,
  type ScriptedRecognizer,
  type ScriptedRecognizerOptions,
} from './scripted-recognizer.ts'
export type { Script, ScriptedWord } from './scripted-words.ts'
export { SpeechServer } from './speech-server.ts'
export type {
  Interruption,
  RespondToUpload,
  ScriptedAnswer,
  UploadRecord,
} from './uploads/scripted-answer.ts'
export type { Direction, Toxic } from './toxic.ts'
