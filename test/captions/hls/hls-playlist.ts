import t from 'tap'
import { HlsPlaylist } from '../../../lib/captions/hls/hls-playlist.ts'

t.test('on demand', async t => {
  const playlist = new HlsPlaylist('vod', 6006, 5)
  playlist.add('talk #1-00001.vtt', 6006)
  playlist.add('talk #1-00002.vtt', 1)
  t.equal(
    playlist.text(true),
    [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-TARGETDURATION:6',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXTINF:6.006,',
      'talk%20%231-00001.vtt',
      '#EXTINF:0.001,',
      'talk%20%231-00002.vtt',
      '#EXT-X-ENDLIST',
      '',
    ].join('\n'),
  )
})

t.test('an event keeps all, a live one its window', async t => {
  const [event, live] = [
    new HlsPlaylist('event', 2000, 3),
    new HlsPlaylist('live', 2000, 3),
  ]
  for (let n = 1; n <= 5; n++)
    for (const playlist of [event, live]) playlist.add(`${n}.vtt`, 2000)
  const all = event.text(false)
  t.match(all, /#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n/)
  t.strictSame(
    all.match(/\d\.vtt/g),
    ['1', '2', '3', '4', '5'].map(n => `${n}.vtt`),
  )
  t.notMatch(all, 'ENDLIST')
  const last = live.text(false)
  t.match(last, /#EXT-X-MEDIA-SEQUENCE:2\n#EXTINF:2\.000,\n3\.vtt\n/)
  t.notMatch(last, 'PLAYLIST-TYPE')
  t.match(live.text(true), /5\.vtt\n#EXT-X-ENDLIST\n$/)
})
