import t from 'tap'
import { voicesIn } from '../../../lib/captions/read/read-vtt.ts'

/** The parts of a text, as `speaker: line|line`. */
const read = (text: string): string[] =>
  voicesIn(text).map(
    ({ speaker = '', lines }) => `${speaker}: ${lines.join('|')}`,
  )

const plain = (text: string, expected: string): void =>
  void t.strictSame(read(text), expected === '' ? [] : [`: ${expected}`], text)

t.test('tags leave their text, other than times and unknown ones', async () => {
  plain('<i>a</i> <b.loud>b</b> <u>c</u> <c.yellow.bg_blue>d</c>', 'a b c d')
  plain('<lang en-GB>colour</lang>', 'colour')
  plain('a<00:00:01.000> b<00:02.000>c', 'a bc')
  plain('<unk>a</unk> <>b</>', 'a b')
  plain('a <b', 'a')
  plain('I <3 you', 'I')
  plain('a\nb\n \n<i>c\nd</i>', 'a|b|c|d')
  plain('<i></i>\n\u200e', '')
})

t.test('ruby text follows in parentheses', async () => {
  plain('<ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby>!', '漢(kan)字(ji)!')
  plain('<ruby>漢<rt>kan', '漢(kan)')
  plain('<ruby>漢<rt>kan</ruby>', '漢(kan)')
  plain('<rt>none</rt>', 'none')
})

t.test('character references are as in HTML', async () => {
  plain(
    '&lt;b&gt; &amp;amp; &#233; &#xe9; &eacute; &hellip;',
    '<b> &amp; é é é …',
  )
  plain('a&nbsp;b&lrm;&rlm;c', 'a\u00a0b\u200e\u200fc')
  plain('AT&T &zzz; & &', 'AT&T &zzz; & &')
  plain('--&gt;', '-->')
})

t.test('voices', async t => {
  t.strictSame(read('<v Ann>Hi</v>'), ['Ann: Hi'])
  t.strictSame(read('<v.loud.far  Ann\n Lee &amp; Co >Hi'), [
    'Ann Lee & Co: Hi',
  ])
  t.strictSame(read('- <v Ann>Hi</v>\n(laughs)'), ['Ann: - Hi|(laughs)'])
  t.strictSame(read('<v Ann>Hi</v>\n<v Bob>Ho</v> <v Bob>ho'), [
    'Ann: Hi',
    'Bob: Ho ho',
  ])
  t.strictSame(read('<v Ann> </v>\n<v Bob>Ho</v>'), ['Bob: Ho'])
  t.strictSame(read('<v>Hi</v><v >there'), [': Hithere'])
})

t.test('a colour is that of all of a text', async t => {
  const colors = (text: string) => voicesIn(text).map(({ color }) => color)
  t.strictSame(colors('<v Ann><c.yellow>a\nb</c></v>'), ['yellow'])
  t.strictSame(colors(' <c.loud.cyan>a<c.big>b</c></c> '), ['cyan'])
  t.strictSame(colors('<c.yellow>a</c> b'), [undefined])
  t.strictSame(colors('<c.yellow>a</c><c.green>b</c>'), [undefined])
  t.strictSame(colors('<c.magenta>a</c>'), [undefined])
})

t.test('handles many brackets quickly', async () => {
  plain('<'.repeat(1e6), '')
  plain('<a>'.repeat(1e5), '')
  plain('&'.repeat(1e5), '&'.repeat(1e5))
})
