import { oggCodecOf } from './ogg-codec.ts'
import { OggPages, type OggPage } from './ogg-pages.ts'
import type { ByteSource } from '../byte-source.ts'
import { BLOCK_BYTES, type Decoded } from '../decoded.ts'
import { OggLink } from './ogg-link.ts'

/** Reads Opus and Vorbis in Ogg, links of a chain one after the other. */
class OggReader {
  #link: OggLink | undefined
  #format: NonNullable<OggLink['format']> | undefined
  /** Where the present link starts, and where the audio ends so far. */
  #origin = 0
  #end = 0
  #changed = false

  /** Whether the last page of the last link has come. */
  get complete(): boolean {
    return this.#link?.ended ?? false
  }

  /** Whether a link of another format made it stop. */
  get changed(): boolean {
    return this.#changed
  }

  async *read(page: OggPage): AsyncGenerator<Decoded> {
    if (page.first && page.intact) this.#open(page)
    const link = this.#link
    if (!link || page.serial !== link.serial) return
    const damaged = link.damaged
    const audio = await link.read(page)
    if (link.format && !this.#format) {
      this.#format = link.format
      const format = { container: 'ogg', codec: link.codec, ...link.format }
      yield { type: 'format', format }
    }
    this.#changed = !sameFormat(link.format, this.#format)
    if (link.damaged > damaged) yield { type: 'damage', what: 'a page' }
    if (!audio || this.#changed) return
    const at = this.#origin + audio.at
    this.#end = at + audio.channels[0]!.length
    yield { type: 'audio', channels: audio.channels, at }
  }

  free(): void {
    this.#link?.free()
  }

  /** Starts with the first stream with sound, or goes on with the next. */
  #open(page: OggPage): void {
    const codec = oggCodecOf(page.body)
    if (codec !== 'opus' && codec !== 'vorbis') return
    // Streams side by side begin before the first has a format.
    if (this.#link && !this.#link.format) return
    this.#link?.free()
    this.#link = new OggLink(page, codec)
    this.#origin = this.#end
  }
}

const sameFormat = (a: OggLink['format'], b: OggLink['format']): boolean =>
  !a || !b || (a.sampleRate === b.sampleRate && a.channels === b.channels)

/** Reads Ogg Opus and Ogg Vorbis. */
export async function* decodeOgg(source: ByteSource): AsyncGenerator<Decoded> {
  const pages = new OggPages()
  const reader = new OggReader()
  let damaged = 0

  async function* read(found: Iterable<OggPage>): AsyncGenerator<Decoded> {
    for (const page of found) {
      yield* reader.read(page)
      if (reader.changed) return
    }
    if (pages.damaged > damaged)
      yield { type: 'damage', what: `${pages.damaged - damaged} bytes` }
    damaged = pages.damaged
  }

  try {
    let bytes
    while (!reader.changed && (bytes = await source.next(BLOCK_BYTES)))
      yield* read(pages.push(bytes))
    if (!reader.changed) yield* read(pages.end())
    if (reader.changed)
      yield { type: 'cut', where: 'at a change of rate or channels' }
    else if (pages.cut) yield { type: 'cut', where: 'inside a page' }
    else if (!reader.complete)
      yield { type: 'cut', where: 'before the last page of the stream' }
  } finally {
    reader.free()
  }
}
