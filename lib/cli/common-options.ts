import { Option, type Command, type HelpConfiguration } from 'commander'
import {
  collect,
  parseCount,
  parseDuration,
  parseLanguage,
  parseRaw,
} from './option-values.ts'
import type { Verbosity } from './reporter.ts'
import type { TranscribeCommandOptions } from './transcribe-settings.ts'

/** Options that all commands accept. */
export type Options = TranscribeCommandOptions & Verbosity

export const addOptions = (program: Command): Command =>
  program
    .option(
      '-f, --format <list>',
      'output formats: txt, srt, vtt, ass, ttml, ebuttd, sbv, md, tsv, json, jsonl or all; hls needs a folder (default: txt, or the extension of --output)',
    )
    .option(
      '-o, --output <path>',
      'output file, or folder if it ends in / (default: standard output)',
    )
    .addOption(new Option('--output-dir <dir>', 'folder').hideHelp())
    .option('--engine <name>', 'local or openai (default: local)')
    .option(
      '--model <name>',
      'tiny, base, or a model of OpenAI (default: tiny; base for live audio)',
    )
    .option(
      '--model-dir <dir>',
      'folder with models, searched before the cache (default: $VOXPIPE_MODELS)',
    )
    .option(
      '--language <code>',
      'language spoken, such as en or pt-BR',
      parseLanguage,
    )
    .option('--prompt <text>', 'what the audio is about (openai only)')
    .option(
      '--keyword <word>',
      'word likely to occur in the audio (openai only, repeatable)',
      collect,
    )
    .option('--live', 'show text while the audio arrives')
    .option(
      '--latency <name>',
      'how early live text appears: low, balanced or accurate (default: balanced)',
    )
    .option('--device <name>', 'microphone to record from')
    .option('--word-timestamps', 'use a model with word times (openai only)')
    .option('--speakers [file.rttm]', 'RTTM file that says who speaks when')
    .option(
      '--channels <how>',
      'mix, or separate for one speaker per channel (default: mix)',
    )
    .option(
      '--raw <enc:rate:ch>',
      'format of PCM input without a header, such as s16le:48000:2 (rate in Hz)',
      parseRaw,
    )
    .option(
      '--max-duration <time>',
      'stop after this much audio, such as 4h or 90s',
      parseDuration,
    )
    .option(
      '--profile <name>',
      'caption rules: netflix, bbc, fcc-608, dcmp, vertical or live',
    )
    .option(
      '--speaker-style <style>',
      'how captions show speakers: none, names, arrows, dashes or colors (default: names)',
    )
    .option(
      '--max-line-width <n>',
      'characters per caption line (default: 42)',
      parseCount,
    )
    .option(
      '--max-line-count <n>',
      'lines per caption (default: 2)',
      parseCount,
    )
    .option('--strict', 'fail if the input is truncated or damaged')
    .option('--quiet', 'print only errors to standard error')
    .option('-v, --verbose', 'print more to standard error')
    .option('--debug', 'print the stack of errors')

/** Common options of `voxpipe captions`. */
export const captionOptions = [
  ...(['format', 'output', 'language', 'profile', 'speakerStyle'] as const),
  ...(['maxLineWidth', 'maxLineCount'] as const),
]

/** Common options of `voxpipe mic`. */
export const micOptions = [
  ...(['engine', 'model', 'modelDir', 'prompt', 'keyword', 'latency'] as const),
  ...(['device', 'channels', 'maxDuration'] as const),
  ...captionOptions,
]

/** Lists, in the help of a command, the common options that it takes. */
export const takes = (...names: (keyof Options)[]): HelpConfiguration => ({
  showGlobalOptions: true,
  visibleGlobalOptions: ({ parent }) =>
    (parent?.parent ?? parent)!.options.filter(option =>
      [...names, 'quiet', 'verbose', 'debug'].includes(option.attributeName()),
    ),
})
