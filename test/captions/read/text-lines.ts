import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import { TextLines } from '../../../lib/captions/read/text-lines.ts'

/** Lines of some chunks of bytes; a damaged one has a `!` before it. */
const linesOf = (chunks: readonly Uint8Array[]): string[] => {
  const lines: string[] = []
  const damaged = new Set<number>()
  const reader = new TextLines(
    (text, number) => {
      if (number !== lines.length + 1) t.fail(`line ${number}`)
      lines.push(damaged.has(number) ? `!${text}` : text)
    },
    number => damaged.add(number),
  )
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return lines
}

const read = (text: string, encoding: BufferEncoding = 'utf8'): string[] =>
  linesOf([Buffer.from(text, encoding)])

const chunked = (bytes: Uint8Array, size: number): Uint8Array[] => {
  const chunks: Uint8Array[] = []
  for (let i = 0; i < bytes.length; i += size)
    chunks.push(bytes.subarray(i, i + size))
  return chunks
}

t.test('LF, CR and CRLF end lines, in any mixture', async t => {
  t.strictSame(read('a\nb\rc\r\nd'), ['a', 'b', 'c', 'd'])
  t.strictSame(read('\r\r\n\n\r'), ['', '', '', ''])
  t.strictSame(read('a\u2028b\u0085c\n'), ['a\u2028b\u0085c'])
  t.strictSame(read(''), [])
  t.strictSame(read('\n'), [''])
})

t.test('detects the encoding by the first bytes', async t => {
  const text = 'é\r\n東京 👍\n'
  const lines = ['é', '東京 👍']
  t.strictSame(read(text), lines)
  t.strictSame(read(`\ufeff${text}`), lines)
  t.strictSame(read(`\ufeff${text}`, 'utf16le'), lines)
  t.strictSame(read(`1\n${text}`, 'utf16le'), ['1', ...lines])
  const bigEndian = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  t.strictSame(linesOf([bigEndian]), lines)
  t.strictSame(
    linesOf([bigEndian.subarray(2)]),
    ['\u00e9', lines[1]!],
    'é = 00 e9',
  )
})

t.test('any chunking gives the same lines', t => {
  const part = fc.constantFrom(
    '\n',
    '\r',
    '\r\n',
    'a',
    'é',
    '東',
    '👍',
    '\ufeff',
  )
  const text = fc.array(part, { maxLength: 30 }).map(parts => parts.join(''))
  const encoding = fc.constantFrom('utf8' as const, 'utf16le' as const)
  fc.assert(
    fc.property(text, encoding, fc.boolean(), (text, encoding, marked) => {
      const whole = marked || encoding === 'utf16le' ? `\ufeff${text}` : text
      const bytes = Buffer.from(whole, encoding)
      const lines = linesOf([bytes])
      for (const size of [1, 2, 3, 7])
        assert.deepEqual(linesOf(chunked(bytes, size)), lines)
    }),
  )
  t.end()
})

t.test('replaces damaged UTF-8 by U+FFFD with a warning', async t => {
  const bytes = Buffer.concat([
    Buffer.from('né\nx'),
    Buffer.from([0xc3, 0x28, 0xff]),
    Buffer.from('\nend 東'),
  ])
  t.strictSame(linesOf([bytes]), ['né', '!x\ufffd(\ufffd', 'end 東'])
  t.strictSame(linesOf([bytes.subarray(0, -1)]).at(-1), '!end \ufffd')
})

t.test('refuses text that is not UTF-8', async t => {
  t.throws(() => read('one\ncaf\u00e9 au lait\n', 'latin1'), {
    code: 'VOX_DECODE',
    message: /^line 2 is not UTF-8; convert the file first, .*iconv/,
  })
})

t.test('refuses input that is not text', async t => {
  const bytes = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0xff, 0xfb, 10])
  t.throws(() => linesOf([bytes]), { code: 'VOX_FORMAT_UNKNOWN' })
})

t.test('refuses an endless line before memory runs out', async t => {
  const chunk = Buffer.alloc(2 ** 20, 'a')
  const reader = new TextLines(
    () => {},
    () => {},
  )
  t.throws(
    () => {
      for (let i = 0; i < 10; i++) reader.push(chunk)
    },
    { code: 'VOX_DECODE', message: /^line 1 is longer than/ },
  )
})
