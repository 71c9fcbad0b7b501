/** Names by which whisper-1 tells languages, where a table helps. */
const NAMES = `
af afrikaans, am amharic, ar arabic, as assamese, az azerbaijani, ba bashkir,
be belarusian, bg bulgarian, bn bengali, bo tibetan, br breton, bs bosnian,
ca catalan, cs czech, cy welsh, da danish, de german, el greek, en english,
es spanish, es castilian, et estonian, eu basque, fa persian, fi finnish,
fo faroese, fr french, gl galician, gu gujarati, ha hausa, haw hawaiian,
he hebrew, hi hindi, hr croatian, ht haitian creole, ht haitian, hu hungarian,
hy armenian, id indonesian, is icelandic, it italian, ja japanese,
jv javanese, ka georgian, kk kazakh, km khmer, kn kannada, ko korean,
la latin, lb luxembourgish, lb letzeburgesch, ln lingala, lo lao,
lt lithuanian, lv latvian, mg malagasy, mi maori, mk macedonian,
ml malayalam, mn mongolian, mr marathi, ms malay, mt maltese, my myanmar,
my burmese, ne nepali, nl dutch, nl flemish, nn nynorsk, no norwegian,
oc occitan, pa punjabi, pa panjabi, pl polish, ps pashto, ps pushto,
pt portuguese, ro romanian, ro moldavian, ro moldovan, ru russian,
sa sanskrit, sd sindhi, si sinhala, si sinhalese, sk slovak, sl slovenian,
sn shona, so somali, sq albanian, sr serbian, su sundanese, sv swedish,
sw swahili, ta tamil, te telugu, tg tajik, th thai, tk turkmen, tl tagalog,
tr turkish, tt tatar, uk ukrainian, ur urdu, uz uzbek, vi vietnamese,
yi yiddish, yo yoruba, yue cantonese, zh chinese, zh mandarin`

const codes = new Map(
  NAMES.split(',').map(entry => {
    const [code, ...name] = entry.trim().split(/\s+/)
    return [name.join(' '), code!]
  }),
)

/**
 * The code (ISO 639) of a language that a service tells by its English name,
 * as whisper-1 does (`english`), or by a code already. Undefined: neither.
 */
export const languageCode = (told: string): string | undefined => {
  const name = told.trim().toLowerCase()
  return (
    codes.get(name) ??
    (/^[a-z]{2,3}(?:-[a-z\d]+)*$/.test(name) ? name : undefined)
  )
}
