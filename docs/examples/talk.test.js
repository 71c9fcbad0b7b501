import { transcribe } from 'voxpipe'

test('transcribes the talk', async () => {
  expect(await transcribe('talk.mp3').text()).toMatch('fellow Americans')
}, 60_000)
