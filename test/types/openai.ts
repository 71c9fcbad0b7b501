import {
  FileTranscriber,
  RealtimeTranscriber,
  deprecationWarning,
  openaiClient,
  openaiModels,
  type FileTranscriberOptions,
  type OpenAIClient,
  type OpenAIModel,
  type RealtimeTranscriberOptions,
} from 'voxpipe/openai'

export const client: Promise<OpenAIClient> = openaiClient({ apiKey: 'key' })

export const stages = (client: OpenAIClient) => [
  new FileTranscriber({ client, language: 'de', include: ['logprobs'] }),
  new RealtimeTranscriber({
    client,
    turnDetection: { type: 'semantic_vad', eagerness: 'low' },
    timing: { answerMs: 10_000 },
  }),
  new RealtimeTranscriber({
    client,
    turnDetection: () => ({ push: () => [], end: () => [], settled: 0 }),
  }),
]

export const known: OpenAIModel | undefined = openaiModels['whisper-1']
export const message: string | undefined = deprecationWarning(
  'whisper-1',
  new Date(),
)?.message

// @ts-expect-error a client is required
void new FileTranscriber({ model: 'whisper-1' })
// @ts-expect-error there is no such turn detection
export const wrongTurns: RealtimeTranscriberOptions['turnDetection'] = {
  type: 'vad',
}
// @ts-expect-error there is no such format
export const wrongFormat: FileTranscriberOptions['responseFormat'] = 'ass'
