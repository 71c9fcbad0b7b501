import fc from 'fast-check'
import t from 'tap'
import { oneLine, stripControls } from '../../lib/cli/terminal.ts'

t.test('removes all control sequences', async t => {
  const attacks: Record<string, string> = {
    CSI: 'a\u001B[31mb',
    OSC: 'a\u001B]0;title\u0007b',
    DCS: 'a\u001BPx\u001B\\b',
    APC: 'a\u001B_x\u001B\\b',
    BEL: 'a\u0007b',
    BS: 'a\bb',
    CR: 'a\rb',
    NUL: 'a\u0000b',
    C1: 'a\u009B31mb',
    DEL: 'a\u007Fb',
    bidi: 'a\u202Eb\u2066c\u200F',
  }
  for (const [name, attack] of Object.entries(attacks)) {
    const bad = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u
    t.notMatch(stripControls(attack), bad, name)
    t.match(stripControls(attack), /^a.*b/, `${name}: the text stays`)
  }
})

t.test('any text', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      for (const char of stripControls(text)) {
        const code = char.codePointAt(0)!
        if (code < 0x20 && char !== '\n' && char !== '\t') return false
        if (code >= 0x7f && code < 0xa0) return false
        if (/[\u202A-\u202E\u2066-\u2069]/.test(char)) return false
      }
      return !/[\n\t]/.test(oneLine(text))
    }),
  )
})

t.test('harmless text is left alone', async t => {
  const text = 'Ünïcödé — 你好 👩‍👩‍👧\tand a tab\n'
  t.equal(stripControls(text), text)
})
