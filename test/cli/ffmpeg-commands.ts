import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCaptions } from '../../lib/captions/read/caption-reader.ts'
import { shellWord, ffmpegCommands } from '../../lib/cli/ffmpeg-commands.ts'
import { hasFfmpeg } from '../fixtures/caption-readers.ts'
import { folderWith } from '../fixtures/folder.ts'

const run = (
  command: string,
  args: readonly string[],
  cwd?: string,
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(command, args, { cwd, encoding: 'utf8' })

t.test('quotes any word for the shell', async t => {
  for (const word of [
    'plain-1.srt',
    '',
    'two  spaces',
    "it's",
    '"$HOME" `x` \\n !1 *?[a]',
    'a\nb\tc\u001b[31m',
    "שלום\u200f 'x' 100%",
    '-n',
  ]) {
    const { stdout } = run('sh', ['-c', `printf '%s|' ${shellWord(word)} end`])
    t.equal(stdout, `${word}|end|`)
  }
  t.equal(shellWord('a\u001b\u200fb'), `"$(printf 'a\\033\\342\\200\\217b')"`)
})

t.test('what a container takes', async t => {
  const codecs = (captions: string, format: string, video: string) =>
    /-c:s (\w+) (\S+)$/
      .exec(ffmpegCommands(captions, format, video).mux)!
      .slice(1)
  t.strictSame(codecs('a.srt', 'srt', 'v.mp4'), ['mov_text', 'v.captions.mp4'])
  t.strictSame(codecs('a.vtt', 'vtt', 'v.MOV'), ['mov_text', 'v.captions.mov'])
  t.strictSame(codecs('a.vtt', 'vtt', 'v.webm'), ['webvtt', 'v.captions.webm'])
  t.strictSame(codecs('a.vtt', 'vtt', 'x/v.mkv'), ['srt', 'x/v.captions.mkv'])
  t.strictSame(codecs('a.ass', 'ass', 'v.avi'), ['ass', 'v.captions.mkv'])
  t.match(
    ffmpegCommands('a.ass', 'ass', 'v.mp4').burn,
    '-vf ass=filename=a.ass ',
  )
})

const cues = '1\n00:00:00,200 --> 00:00:00,800\nAsk not\nwhat\n\n'
const ass = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.20,0:00:00.80,Default,,0,0,0,,Ask not\\Nwhat
`
const folder = folderWith()
const awkward = [
  ['talk.mp4', 'talk.srt', cues],
  ["it's [a], \"b\"; c=d 100% \\ 'e'.mp4", "o'n:e [1], \\x; 'y' %d.srt", cues],
  ['-dash:colon.mkv', '-a:b.vtt', `WEBVTT\n\n${cues.replaceAll(',', '.')}`],
  [
    ' spaces  $HOME `x`.webm',
    'file: a b .vtt',
    `WEBVTT\n\n${cues.replaceAll(',', '.')}`,
  ],
  ['שלום\u200f\t.mkv', "ab:c'\\', [d].ass", ass],
] as const

/** A second of black video, and silence. */
const makeVideo = (path: string): void => {
  const source =
    '-v error -f lavfi -i color=s=64x48:d=1:r=5 -f lavfi -i anullsrc=r=48000:cl=mono -shortest'
  const made = run('ffmpeg', [...source.split(' '), `file:${path}`])
  if (made.status !== 0) throw new Error(made.stderr)
}

const filters = hasFfmpeg
  ? run('ffmpeg', ['-hide_banner', '-filters']).stdout
  : ''
const noFfmpeg = hasFfmpeg ? false : 'ffmpeg is not installed'
const noLibass =
  noFfmpeg || (/ subtitles /.test(filters) ? false : 'ffmpeg has no libass')

for (const [video, captions, text] of awkward) {
  const cwd = join(folder, `${awkward.findIndex(([v]) => v === video)}`)
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(cwd, captions), text)
  const { mux, burn } = ffmpegCommands(captions, captions.slice(-3), video)
  const play = (line: string) =>
    run('sh', ['-c', line.replace('ffmpeg', 'ffmpeg -v error -y')], cwd)

  t.test(`the track of ${video}`, { skip: noFfmpeg }, async t => {
    makeVideo(join(cwd, video))
    const { status, stderr } = play(mux)
    t.strictSame([status, stderr], [0, ''], mux)
    const muxed = join(cwd, video.replace(/(\.\w+)$/, '.captions$1'))
    const { stdout } = run('sh', [
      '-c',
      `ffmpeg -v error -i file:${shellWord(muxed)} -f srt -`,
    ])
    const [cue, ...more] = readCaptions(stdout)
    t.strictSame([cue!.lines, more], [['Ask not', 'what'], []])
    // Matroska moves all streams alike, so that no sound begins before 0
    t.ok(Math.abs(cue!.start - 200) < 10 && Math.abs(cue!.end - 800) < 10)
  })

  t.test(`drawn on ${video}`, { skip: noLibass }, async t => {
    const { status, stderr } = play(burn)
    t.equal(status, 0, `${burn}\n${stderr}`)
    const burned = join(cwd, video.replace(/(\.\w+)$/, '.burned$1'))
    const { stdout } = run('sh', [
      '-c',
      `ffprobe -v error -show_entries stream=codec_type -of csv=p=0 file:${shellWord(burned)}`,
    ])
    t.strictSame(stdout.trim().split('\n').sort(), ['audio', 'video'])
  })
}
