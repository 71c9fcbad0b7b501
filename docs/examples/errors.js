import { VoxpipeError, transcribe } from 'voxpipe'

try {
  console.log(await transcribe('nothing-here.mp3').text())
} catch (error) {
  if (!(error instanceof VoxpipeError)) throw error
  console.log(error.code, error.retryable)
}
