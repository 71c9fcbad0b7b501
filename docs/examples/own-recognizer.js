// A server that accepts a WAV file and returns its text, such as whisper.cpp's.
const url = process.env.RECOGNIZER_URL ?? 'http://127.0.0.1:8080/v1'
const headers = { authorization: `Bearer ${process.env.RECOGNIZER_KEY ?? ''}` }

/** Makes a 16-bit WAV file of 16 kHz mono samples. */
const wavOf = samples => {
  const wav = Buffer.alloc(44 + 2 * samples.length)
  wav.write('RIFF')
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20) // PCM
  wav.writeUInt16LE(1, 22) // mono
  wav.writeUInt32LE(16_000, 24)
  wav.writeUInt32LE(32_000, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(2 * samples.length, 40)
  for (const [i, sample] of samples.entries()) {
    const clipped = Math.max(-1, Math.min(1, sample))
    wav.writeInt16LE(Math.round(clipped * 32_767), 44 + 2 * i)
  }
  return wav
}

export default {
  model: 'whisper-server',
  size: 2, // concurrent requests
  async recognize(samples, { signal, language }) {
    const form = new FormData()
    form.append('model', 'whisper-1')
    form.append('file', new Blob([wavOf(samples)]), 'turn.wav')
    if (language) form.append('language', language)
    const request = { method: 'POST', headers, body: form, signal }
    const answer = await fetch(`${url}/audio/transcriptions`, request)
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    const { text } = await answer.json()
    return { text }
  },
}
