import assert from 'node:assert/strict'
import { transcribe } from 'voxpipe'
import { scriptedRecognizer } from 'voxpipe/testing'

const recognizer = scriptedRecognizer({
  words: [
    { text: 'Ask', start: 300, end: 600 }, // ms of the source
    { text: 'not.', start: 600, end: 1000 },
  ],
  // Throw here to make a job fail, or wait to make it slow.
  onJob: job => assert.equal(job.language, undefined),
})

assert.equal(await transcribe('talk.wav', { recognizer }).text(), 'Ask not.')
assert.equal(recognizer.jobs.filter(job => job.type === 'recognize').length, 1)
