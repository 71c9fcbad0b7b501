import t from 'tap'
import { cli, onlyLine } from '../fixtures/cli.ts'
import { jfkText } from '../fixtures/speech-clips.ts'

t.test('demo says the sentence, wherever it is run', async t => {
  const cwd = t.testdir({ assets: { 'demo.wav': 'another' } })
  const result = await cli(['demo'], { cwd })
  t.match(result, { code: 0, stdout: `${jfkText}\n` })
  t.match(onlyLine(result), /transcribed on this machine/)
  t.match(await cli(['demo', '--quiet']), { code: 0, stderr: '' })
})

t.test('doctor reports what works and what is missing', async t => {
  const home = t.testdir({})
  const well = await cli(['doctor'], {
    env: { VOXPIPE_MODELS: '', XDG_CACHE_HOME: home },
  })
  t.match(well, { code: 0, stderr: '' })
  t.match(well.stdout, /^ok +Node \d+/)
  t.match(well.stdout, /ok +onnxruntime .*English only/)
  t.match(well.stdout, /note +moonshine-tiny: not downloaded yet \(22 MB\)$/m)
  const poor = await cli(['doctor'], {
    env: {
      PATH: '/nowhere',
      VOXPIPE_FFMPEG: '',
      VOXPIPE_MODELS: '',
      XDG_CACHE_HOME: '/dev/null',
    },
  })
  t.match(poor.stdout, /note +ffmpeg: not found; .* M4A, MP4/)
  t.match(
    poor.stdout,
    /FAIL +moonshine-tiny: not downloaded.*cannot be written/,
  )
  t.match(poor, { code: 1 })
})
