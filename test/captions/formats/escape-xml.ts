import * as fc from 'fast-check'
import t from 'tap'
import { escapeXml } from '../../../lib/captions/formats/ttml.ts'
import { hostileText } from '../../fixtures/captions.ts'

t.test('markup and quotes', async t =>
  t.equal(escapeXml(`a<b>&amp;"c"'`), `a&lt;b&gt;&amp;amp;&quot;c&quot;'`),
)

t.test('what XML forbids becomes U+FFFD', async t => {
  t.equal(escapeXml('\0\x1b\v\ufffe\uffff\ud800'), '\ufffd'.repeat(6))
  const allowed = '\t\n\r \u0085\u00a0\u2028\ufeff\ufffd👍🏽\u{1fffe}\u{10ffff}'
  t.equal(escapeXml(allowed), allowed)
})

t.test('nothing forbidden is left in any text', t => {
  const text =
    /^(?:[\t\n\r -\ud7ff\ue000-\ufffd]|[\ud800-\udbff][\udc00-\udfff])*$/
  fc.assert(fc.property(hostileText, raw => text.test(escapeXml(raw))))
  t.end()
})
