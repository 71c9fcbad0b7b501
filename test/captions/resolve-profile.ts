import t from 'tap'
import {
  captionProfiles,
  defaultProfile,
  rulesFor,
  resolveProfile,
} from '../../lib/captions/profiles.ts'

t.test('a name, rules of one’s own, or nothing', async t => {
  t.strictSame(resolveProfile(undefined), defaultProfile)
  t.strictSame(resolveProfile('bbc'), captionProfiles.bbc)
  t.match(resolveProfile({ maxLineCount: 1 }), {
    ...defaultProfile,
    maxLineCount: 1,
  })
  t.equal(resolveProfile('bbc', { maxLineWidth: undefined }).maxLineWidth, 37)
  t.equal(resolveProfile('bbc', { maxLineWidth: 30 }).maxLineWidth, 30)
})

t.test('explicit limits apply in every language', async t => {
  const { netflix } = captionProfiles
  t.equal(rulesFor(resolveProfile(netflix), 'ja-JP').maxLineWidth, 26)
  t.equal(rulesFor(resolveProfile(netflix), 'de').maxCharsPerSecond, 17)
  t.equal(rulesFor(resolveProfile(netflix), 'en-GB').maxCharsPerSecond, 20)
  t.equal(rulesFor(resolveProfile(netflix), undefined).maxCharsPerSecond, 20)
  const narrow = resolveProfile('netflix', { maxLineWidth: 20 })
  t.equal(rulesFor(narrow, 'ja').maxLineWidth, 20)
  t.equal(rulesFor(narrow, 'ja').maxCharsPerSecond, 4)
})

t.test('refuses unusable rules by name', async t => {
  const refused = (profile: object, message: RegExp) =>
    t.throws(() => resolveProfile(profile), { code: 'VOX_OPTION', message })
  refused({ maxLineWidth: 0 }, /maxLineWidth/)
  refused({ maxCharsPerSecond: -1 }, /maxCharsPerSecond/)
  refused({ mode: 'paint-on' }, /'pop-on', 'roll-up'/)
  refused({ speakerStyle: 'colour' }, /'colors'/)
  refused({ width: 1 }, /no rule 'width'/)
  refused({ languages: { de: { width: 1 } } }, /no rule 'languages\.de\.width'/)
  refused({ languages: 7 }, /maps languages to rules/)
  refused({ minDurationMs: 2, maxDurationMs: 1 }, /must not exceed/)
})
