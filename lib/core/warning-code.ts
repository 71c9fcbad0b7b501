/** Codes of `'warning'` events and of transcripts' `warning` events. */
export type WarningCode =
  /**
   * No model offers what you asked for, such as word times of live speech.
   * `chooseModel()`, and `transcribe()` without a model, emit it.
   *
   * **Fix:** read the message, which says what to do instead.
   */
  | 'VOX_OPTION'
  /**
   * The channels are to be separate, but the recording has only one. voxpipe
   * transcribes it as usual.
   *
   * **Fix:** nothing, or use a recording with one channel per speaker.
   */
  | 'VOX_FORMAT'
  /**
   * Part of the input is damaged. Decoding continues after it. With `strict`,
   * it is an error, thrown once everything else is decoded.
   *
   * **Fix:** get a complete copy of the input.
   */
  | 'VOX_DECODE'
  /**
   * The input is cut short. voxpipe transcribes what is there. With `strict`, it
   * is an error, thrown at the end.
   *
   * **Fix:** get the rest. A recording that is still being written also causes
   * this warning.
   */
  | 'VOX_TRUNCATED'
  /**
   * The input is longer than `maxDurationMs` (`--max-duration`). The transcript
   * ends there.
   *
   * **Fix:** raise the limit if you want the rest.
   *
   * @group Input
   */
  | 'VOX_MAX_DURATION'
  /**
   * A model file in the cache is damaged. voxpipe downloads it again. The command
   * prints the warning. In a program, `onWarning` of `MoonshineRecognizer` and
   * `resolveModel()` receives it.
   *
   * **Fix:** nothing.
   */
  | 'VOX_MODEL_CORRUPT'
  /**
   * Nobody has published how well OpenAI's models transcribe this language.
   *
   * **Fix:** compare the models on your own recordings first.
   */
  | 'VOX_LANGUAGE'
  /**
   * A live transcriber takes more than 1.5 s to transcribe new speech, so live
   * text is that late. Each transcriber emits it once. The time to load the
   * models does not count. Finals are complete.
   *
   * **Fix:** run fewer streams at the same time, use the model `tiny` (`--model
   * tiny`), or stop other programs that use the CPU.
   *
   * @group Engine and models
   */
  | 'VOX_LIVE_BEHIND'
  /**
   * The connection of live speech broke, or a request with part of a file failed.
   * voxpipe sends audio without a final again. A turn or a part that it has to
   * give up becomes a `gap`.
   *
   * **Fix:** nothing. If it happens often, check the network.
   *
   * @group OpenAI
   */
  | 'VOX_RECONNECTING'
  /**
   * The service reported a problem or sent an unreadable event, and continues.
   *
   * **Fix:** read the message. `complete` of the `end` event says whether
   * anything is missing.
   *
   * @group OpenAI
   */
  | 'VOX_SERVICE_EVENT'
  /**
   * You chose a model that OpenAI stops serving within 180 days, or no longer
   * serves.
   *
   * **Fix:** change to the successor that the message names. See
   * docs/guide/which-model.md for all models.
   *
   * @group OpenAI
   */
  | 'VOX_MODEL_ENDING'
  /**
   * A caption file contains something that is unreadable or that players reject:
   * invalid times, text without a cue, or bytes that are not UTF-8. The message
   * names the line. voxpipe reads the rest of the file. A file in another
   * encoding is a `VOX_DECODE` error.
   *
   * **Fix:** check that line. Convert a file in another encoding with `iconv`.
   *
   * @group Input
   */
  | 'VOX_CAPTION'
