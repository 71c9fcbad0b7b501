/** A one-line fault that somebody may well make. */
export type Fault = {
  readonly file: string
  /** Text that the file has exactly once. */
  readonly find: string
  readonly replace: string
  /** What a user would notice. */
  readonly effect: string
}

const fault = (
  file: string,
  find: string,
  replace: string,
  effect: string,
): Fault => ({ file: `lib/${file}`, find, replace, effect })

/** Faults over all rooms, which the tests have to notice. */
export const faults: readonly Fault[] = [
  fault(
    'core/stage.ts',
    'if (this.#failure && this.#asking)',
    'if (this.#failure)',
    'an error comes before what was recognised is read',
  ),
  fault(
    'core/stage.ts',
    'new Uint8Array(data.buffer, data.byteOffset, data.byteLength)',
    'new Uint8Array(data.buffer)',
    'a view of a buffer is read from the start of the buffer',
  ),
  fault('core/redact.ts', 'sk-|ek_|sess-', 'sk-|sess-', 'a key is printed'),
  fault(
    'audio/resample-chunks.ts',
    'mean[i] = sum * 0.5',
    'mean[i] = sum',
    'stereo is twice as loud as mono, and clips',
  ),
  fault(
    'audio/frame-cutter.ts',
    'Math.round(((run.count + 1)',
    'Math.floor(((run.count + 1)',
    'chunks of a length that is no whole number end a frame early',
  ),
  fault(
    'audio/frame-cutter.ts',
    'if (this.#run !== undefined) yield* this.#finish(this.#run, true)',
    'void this.#run',
    'the last, short chunk is lost',
  ),
  fault(
    'audio/quiet-cuts.ts',
    'middle = start + Math.ceil(longest / 2)',
    'middle = start',
    'long files are cut right behind a word',
  ),
  fault(
    'audio/resample-chunks.ts',
    'yield* this.#emit(run, run.resampler.end())',
    'run.resampler.end()',
    'the tail of a resampled source is lost',
  ),
  fault(
    'decode/mp3/mp3-frames.ts',
    '((lame[22]! & 0x0f) << 8) | lame[23]!',
    'lame[23]!',
    'silence is left at the end of an MP3',
  ),
  fault(
    'decode/ogg/ogg-decoder.ts',
    'cut = Math.min(frames, end - declared)',
    'cut = 0',
    'an Ogg file is longer than it says',
  ),
  fault(
    'decode/opus-decoder.ts',
    'to.set(decoded.channelData[c]!, at)',
    'to.set(decoded.channelData[out.length - 1 - c]!, at)',
    'left and right are swapped',
  ),
  fault(
    'decode/webm/webm-decoder.ts',
    'const to = Math.max(from, frames - Math.max(0, discard))',
    'const to = frames',
    'WebM that says how much to discard at its end is too long',
  ),
  fault(
    'io/child-process.ts',
    "if (POSIX) process.kill(-pid, 'SIGKILL')",
    "if (POSIX) process.kill(pid, 'SIGKILL')",
    'what a child process started outlives it',
  ),
  fault(
    'io/http-problems.ts',
    'return 1_000 * seconds',
    'return seconds',
    'a service is asked again a thousand times too early',
  ),
  fault(
    'io/proxy.ts',
    'return mayUseOne ? proxy : undefined',
    'return proxy',
    'NO_PROXY has no effect',
  ),
  fault(
    'io/temporary-files.ts',
    'await rm(this.#folder, { recursive: true, force: true })',
    'await rm(this.path, { force: true })',
    'empty folders stay in the temporary folder',
  ),
  fault(
    'captions/formats/ttml.ts',
    '/[&<>"]/g',
    '/[<>"]/g',
    'TTML with an ampersand is no XML',
  ),
  fault(
    'core/timecode.ts',
    'pad(ms % 1000, 3)',
    'pad(ms % 1000, 2)',
    '1.042 s is written as 1.42 s',
  ),
  fault(
    'captions/formats/srt.ts',
    "/(?<!-)-{2,}>/g, '->'",
    "/(?<!-)-{2,}>/g, '-->'",
    'an arrow that is spoken ends a cue of SRT',
  ),
  fault(
    'captions/speakers/split-final.ts',
    '...(i === 0 && facts)',
    '...facts',
    'a turn of two speakers is paid for twice',
  ),
  fault(
    'captions/hls/hls-segments.ts',
    'cue.end > end',
    'cue.end >= end',
    'a cue is shown again in the segment after it',
  ),
  fault(
    'captions/cues/order-cues.ts',
    'cue.end - next <= maxOverlapMs',
    'cue.end - next < maxOverlapMs',
    'a cue overlaps by just what is allowed',
  ),
  fault(
    'openai/files/read-answer.ts',
    "const whole = rest.endsWith('\\r') ? rest.slice(0, -1) : rest",
    'const whole = rest',
    'an answer breaks where a packet ends inside of CR LF',
  ),
  fault(
    'openai/files/part-cutter.ts',
    'if (before < samples.length) following.push(samples.subarray(before))',
    'if (before === 0) following.push(samples)',
    'audio is lost where a long file is cut',
  ),
  fault(
    'openai/files/upload-sender.ts',
    'while (this.#queue[0]?.closed) {',
    'if (this.#lanes[0]?.closed) {',
    'transcripts of later parts never come',
  ),
  fault(
    'openai/files/finals-of.ts',
    'part === 1 || known.has(speaker) ?',
    'part > 0 || known.has(speaker) ?',
    'speaker A of one part is taken for speaker A of another',
  ),
  fault(
    'transcribe/channel-transcriber.ts',
    'waiting.length > 0 || settled > next.start',
    'waiting.length > 0 || settled >= 0',
    'turns of two channels come out of order',
  ),
  fault(
    'openai/realtime/turn-retries.ts',
    'if (!turn.outcome) turn.reset()',
    'if (turn.failures > 0) turn.reset()',
    'turns of a lost connection are not sent again',
  ),
  fault(
    'openai/realtime/connection-manager.ts',
    'this.#after(Math.max(pause, asked),',
    'this.#after(pause,',
    'Retry-After of a refused connection has no effect',
  ),
  fault(
    'openai/realtime/item-tracker.ts',
    "if (this.#commitments.has(item)) return 'repeated'",
    "if (this.#commitments.has(item)) return 'found'",
    'a turn that is committed twice becomes two',
  ),
  fault(
    'recognizers/turn-segmenter.ts',
    'if (at + 1 - this.#end >= this.#silenceToEnd())',
    'if (at - this.#end >= this.#silenceToEnd())',
    'turns end a frame late',
  ),
  fault(
    'recognizers/audio-run.ts',
    'this.#state = state',
    'void state',
    'voice activity forgets what it has heard',
  ),
  fault(
    'recognizers/live-text.ts',
    'return text + this.#pendingPunctuation',
    'return text',
    'the last full stop never comes live',
  ),
  fault(
    'recognizers/moonshine/job-queue.ts',
    '(final.take() ?? partial.take() ?? file.take())',
    '(file.take() ?? final.take() ?? partial.take())',
    'files hold up live speech',
  ),
  fault(
    'recognizers/moonshine/moonshine-recognizer.ts',
    'reject(signal!.reason as Error)',
    'void reject',
    'who aborts waits for ever',
  ),
  fault(
    'recognizers/vad-session.ts',
    'if (offset > this.run.next) await this.skipTo(offset)',
    'if (offset < this.run.next) await this.skipTo(offset)',
    'times are wrong after a gap in the source',
  ),
  fault(
    'server/uploads/upload-job.ts',
    'piecesOf(this.#hasSentText ? ` ${text}` : text)',
    'piecesOf(text)',
    'the first word of a turn sticks to the last one',
  ),
  fault(
    'openai/wire/answers.ts',
    'seconds: Math.ceil(seconds)',
    'seconds: Math.floor(seconds)',
    'an upload of half a second is free',
  ),
  fault(
    'cli/destination.ts',
    'if (keep || this.#partial === undefined) return this.#partial',
    'if (keep || this.#partial === undefined) return undefined',
    'nobody is told where the unfinished transcript is',
  ),
  fault(
    'cli/terminal.ts',
    '/(?![\\t\\n])\\p{Cc}|[',
    '/[',
    'a transcript can move the cursor of a terminal',
  ),
]
