import {
  FaultProxy,
  SpeechServer,
  countNumbers,
  numberedAudio,
  recognizeNumbers,
  scriptedRecognizer,
  type Fault,
  type ScriptedAnswer,
  type Toxic,
  type TranscribeAudio,
} from 'voxpipe/testing'

export const hello: TranscribeAudio = (audio, { via, sampleRate }) =>
  `${via}: ${audio.length / sampleRate} s`

export const faults: Fault[] = [
  { at: { frame: 10 }, do: 'reset' },
  { at: { event: 'session.updated', nth: 2 }, do: { close: 1_011 } },
]

export const server = (): Promise<SpeechServer> =>
  SpeechServer.listen({
    transcribe: hello,
    faults,
    respond: (_, attempt) => (attempt === 1 ? { status: 500 } : undefined),
  })

export const proxy = (target: string): Promise<FaultProxy> =>
  FaultProxy.listen({ target })

export const toxic: Toxic = { type: 'latency', latency: 100, jitter: 10 }
export const recognizer = scriptedRecognizer({ live: 'partial' })
export const lost: readonly number[] = countNumbers(['w0 w1'], 2).lost
export const chunks = [...numberedAudio({ frames: 3 })]
export const read: string = recognizeNumbers(new Int16Array(800))

// @ts-expect-error a fault has a moment
export const noMoment: Fault = { do: 'reset' }
// @ts-expect-error there is no such fault
export const noFault: Fault = { at: { frame: 0 }, do: 'explode' }
// @ts-expect-error a latency has a length
export const noLatency: Toxic = { type: 'latency' }
// @ts-expect-error an answer is interrupted in one of four ways
export const noWay: ScriptedAnswer = { interrupt: { by: 'sleep' } }
