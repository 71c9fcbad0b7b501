import t from 'tap'
import { normalizeArgv } from '../../lib/cli/program.ts'

t.strictSame(
  normalizeArgv(['--max_line_width', '20', 'my_file.mp3', '-f', 'srt']),
  ['--max-line-width', '20', 'my_file.mp3', '-f', 'srt'],
  'hyphens in names of options only',
)
t.strictSame(
  normalizeArgv(['--output_dir=my_dir', '--output_format', 'vtt']),
  ['--output-dir=my_dir', '--format', 'vtt'],
  "Whisper's names",
)
t.strictSame(
  normalizeArgv(['--strict', '--', '--my_file']),
  ['--strict', '--', '--my_file'],
  'a name after -- is left alone',
)
t.strictSame(
  normalizeArgv(['--word_timestamps', 'True', 'a.mp3', '--', 'True']),
  ['--word-timestamps', 'a.mp3', '--', 'True'],
  "Whisper's True and False",
)
t.strictSame(
  normalizeArgv(['--word_timestamps=True', '--word-timestamps', 'a.mp3']),
  ['--word-timestamps', '--word-timestamps', 'a.mp3'],
)
t.strictSame(
  normalizeArgv(['--word_timestamps', 'False', '--word_timestamps=False', 'a']),
  ['a'],
  'False asks for no word times',
)
