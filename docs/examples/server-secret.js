import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: 'http://127.0.0.1:8642/v1',
  apiKey: 'any',
})
const secret = await client.realtime.clientSecrets.create({
  expires_after: { anchor: 'created_at', seconds: 60 },
  session: {
    type: 'transcription',
    audio: {
      input: {
        transcription: { model: 'gpt-live-transcribe' },
        turn_detection: null,
      },
    },
  },
})
console.log(secret.value) // ek_…
