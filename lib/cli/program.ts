import { Command, Option } from 'commander'
import type { BenchCommandOptions, BenchOwnOptions } from './bench.ts'
import type { CaptionsOptions } from './captions.ts'
import type { ChooseOptions } from './models.ts'
import type { ExitCode } from './cli-error.ts'
import {
  collect,
  parseCount,
  parseCounts,
  parseDuration,
  parseLanguage,
  parsePort,
  parseRaw,
  parseShift,
  parseSize,
} from './option-values.ts'
import type { Verbosity } from './reporter.ts'
import type { ServeOptions } from './serve.ts'
import { oneLine, Terminal, type Output } from './terminal.ts'
import type { TranscribeCommandOptions } from './transcribe-settings.ts'

/** Options that all commands accept. */
export type Options = TranscribeCommandOptions & Verbosity

export type Commands = {
  transcribe(files: string[], options: Options): Promise<ExitCode>
  demo(options: Options): Promise<ExitCode>
  mic(options: Options): Promise<ExitCode>
  printModels(options: Options): Promise<ExitCode>
  fetchModel(name: string, options: Options): Promise<ExitCode>
  doctor(options: Options): Promise<ExitCode>
  choose(options: Options & ChooseOptions): Promise<ExitCode>
  serve(options: Options & ServeOptions): Promise<ExitCode>
  bench(
    suites: string[],
    options: Options & BenchCommandOptions,
  ): Promise<ExitCode>
  captions(
    files: string[],
    options: Options & CaptionsOptions,
  ): Promise<ExitCode>
  checkCaptions(files: string[], options: Options): Promise<ExitCode>
}

const examples = `
Examples:
  voxpipe talk.mp3                          the text, on standard output
  voxpipe talk.mp3 -f srt -o talk.srt       captions in a file
  voxpipe *.mp3 -f srt,vtt -o captions/     captions of many, in a folder
  voxpipe talk.mp3 -f hls -o captions/      captions for a video in HLS
  ffmpeg -i talk.mkv -f wav - | voxpipe -   from a pipe
  voxpipe --raw s16le:48000:2 talk.pcm      headerless PCM
  ffmpeg -i URL -f wav - | voxpipe - --live as it is spoken
  voxpipe talk.wav --speakers talk.rttm     with the names of who speaks
  voxpipe mic                               what the microphone hears
  voxpipe talk.mp3 --engine openai          by OpenAI, with OPENAI_API_KEY
  voxpipe choose --live --language de       which model fits
  voxpipe serve                             what speaks OpenAI's API uses it
  voxpipe bench latency                     how late live text is, here
  voxpipe captions a.srt -f vtt --shift 2s  convert, re-time, re-wrap
  voxpipe captions check a.srt              what breaks which rule
  voxpipe demo                              a clip that ships with it

`

const exits = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 result incomplete,
4 the service refuses: no key, a wrong one, the account, the model,
5 no model, engine or microphone, the result cannot be written, or the
port is taken, 130 interrupted.
Engine local, which is the default, knows English: audio stays on this machine.
Engine openai sends it to OpenAI, or to OPENAI_BASE_URL where that is set.
`

const addOptions = (program: Command): Command =>
  program
    .option(
      '-f, --format <list>',
      'txt, srt, vtt, ass, ttml, ebuttd, sbv, md, tsv, json, jsonl or all; hls, in a folder',
    )
    .option('-o, --output <path>', 'file, or folder if it ends in /')
    .addOption(new Option('--output-dir <dir>', 'folder').hideHelp())
    .option('--engine <name>', 'local, or openai')
    .option('--model <name>', 'tiny, base, or a model of OpenAI')
    .option('--model-dir <dir>', 'folder of models, looked in first')
    .option('--language <code>', 'language spoken', parseLanguage)
    .option('--prompt <text>', 'of openai: what the audio is about')
    .option('--keyword <word>', 'of openai: may be said; repeatable', collect)
    .option('--live', 'for input that comes as it is spoken')
    .option('--latency <name>', 'of --live: low, balanced or accurate')
    .option('--device <name>', 'microphone to record from')
    .option('--word-timestamps', 'of openai: a model that has them')
    .option('--speakers [file.rttm]', 'who speaks when, for captions')
    .option('--channels <how>', 'mix, or separate: a speaker in each')
    .option('--raw <enc:rate:ch>', 'input is PCM, s16le:48000:2', parseRaw)
    .option('--max-duration <time>', 'stop there, 4h or 90s', parseDuration)
    .option('--profile <name>', 'of captions: netflix, bbc, dcmp, …')
    .option('--speaker-look <look>', 'none, names, arrows, dashes or colors')
    .option('--max-line-width <n>', 'characters a caption line', parseCount)
    .option('--max-line-count <n>', 'lines a caption', parseCount)
    .option('--strict', 'truncated input is an error')
    .option('--quiet', 'only errors on standard error')
    .option('-v, --verbose', 'say more on standard error')
    .option('--debug', 'show the stack of errors')

/** Rewrites commander's errors, some of which have two lines, as one line. */
const usageLine = (text: string): string => {
  const line = text
    .replace(/^error: /, '')
    .replace(/(unknown option '[^'=]+)=[^']*/, '$1') // may be a key
    .replace(' is invalid. ', ' is invalid: ')
    .replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')
    .trim()
  return `voxpipe: ${oneLine(line)}${line.endsWith('?') ? '' : '; see voxpipe --help'}\n`
}

const widthOf = ({ isTTY, columns }: Output): number => (isTTY && columns) || 80

/**
 * Creates the command line. Common options may precede or follow the command's
 * name.
 */
export const createProgram = (
  version: string,
  commands: Commands,
  done: (code: ExitCode) => void,
  { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'> = new Terminal(),
): Command => {
  const program = new Command('voxpipe')
  const options = (): Options => program.opts<Options>()
  addOptions(program)
    .usage(
      '[options] <file...|->\n       voxpipe mic | demo | serve | models | doctor | choose | bench | captions',
    )
    .description(
      'Any audio in, transcript or captions out, on your CPU or by OpenAI.',
    )
    .argument('[file...]', 'audio or video; - is standard input')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('before', examples.trimStart())
    .addHelpText('after', exits)
    .exitOverride()
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      getOutHelpWidth: () => widthOf(stdout),
      getErrHelpWidth: () => widthOf(stderr),
      outputError: (text, write) => write(usageLine(text)),
    })
    .action(async (files: string[]) => {
      done(await commands.transcribe(files, options()))
    })
  program
    .command('demo')
    .description('transcribe a clip that ships with voxpipe')
    .action(async () => done(await commands.demo(options())))
  program
    .command('mic')
    .description('transcribe the microphone, as it is spoken')
    .action(async () => done(await commands.mic(options())))
  const models = program
    .command('models')
    .description('list the models, or fetch one ahead')
    .action(async () => done(await commands.printModels(options())))
  models
    .command('list')
    .description('list the models and where they are')
    .action(async () => done(await commands.printModels(options())))
  models
    .command('fetch')
    .argument('[name]', 'tiny or base', 'tiny')
    .description('fetch a model, into --model-dir where that is given')
    .action(async (name: string) => {
      done(await commands.fetchModel(name, options()))
    })
  program
    .command('doctor')
    .description('tell what of this machine matters, and what is missing')
    .action(async () => done(await commands.doctor(options())))
  program
    .command('choose')
    .description('recommend an engine and a model, and say why')
    .option('--word-times', 'require the time of every word')
    .option('--waiting', 'somebody waits for the text of a finished file')
    .option('--speakers', 'require that the transcript says who speaks')
    .option('--offline', 'keep the audio on this machine')
    .action(async (own: ChooseOptions) =>
      done(await commands.choose({ ...options(), ...own })),
    )
  program
    .command('serve')
    .description("serve OpenAI's speech-to-text API from this machine")
    .option('--host <address>', 'to listen on; 127.0.0.1')
    .option('--port <n>', 'to listen on; 8642, or 0 for a free one', parsePort)
    .option('--api-key-file <file>', 'keys to ask for, one a line')
    .option('--allow-host <name>', 'it may be called so; repeatable', collect)
    .option('--allow-origin <url>', 'whose pages may use it', collect)
    .option('--max-sessions <n>', 'live sessions at once; 32', parseCount)
    .option('--max-uploads <n>', 'uploads worked on at once; 16', parseCount)
    .option('--max-upload-size <size>', 'of one upload; 512MiB', parseSize)
    .action(async (own: ServeOptions) =>
      done(await commands.serve({ ...options(), ...own })),
    )
  program
    .command('bench')
    .description('measure, and write a report')
    .argument(
      '[suite...]',
      'latency, capacity, accuracy, throughput, resampler, faults, or all',
    )
    .option('--full', 'every setting, and more runs')
    .option(
      '--check',
      'exit code 1 if a limit is missed, or --compare finds something worse',
    )
    .option('--json', 'the results on standard output')
    .option('--compare <file>', 'tell what changed since that results.json')
    .option('--data <folder>', 'of your own clips')
    .option('--streams <list>', 'so many at once: 1,8', parseCounts)
    .option(
      '--delay <time>',
      'for capacity: latest time of the final after speech (default: 1500ms)',
      parseDuration,
    )
    .option('--pipeline <file>', 'of latency: a module with your own')
    .option('--recognizer <file>', 'a module with your own')
    .action(async (suites: string[], own: BenchOwnOptions) =>
      done(await commands.bench(suites, { ...options(), ...own })),
    )
  const captions = program
    .command('captions')
    .description('convert, re-time and re-wrap captions, or check them')
    .argument('[file...]', 'SRT, WebVTT or -f jsonl; - is standard input')
    .option('--shift <time>', 'later by that, or earlier: -1.5s', parseShift)
    .option('--video <file>', 'print how ffmpeg adds them to it')
    .action(async (files: string[], own: CaptionsOptions) =>
      done(await commands.captions(files, { ...options(), ...own })),
    )
  captions
    .command('check')
    .argument('[file...]', 'SRT or WebVTT; - is standard input')
    .description('list what breaks the rules of --profile')
    .action(async (files: string[]) =>
      done(await commands.checkCaptions(files, options())),
    )
  return program
}

/** Whisper's names of options that differ here. */
const aliases: Readonly<Record<string, string>> = {
  '--output-format': '--format',
  '--initial-prompt': '--prompt',
}

/** Whisper's command expects `True` or `False` after this option. */
const wordTimestamps = '--word-timestamps'

/**
 * Replaces Whisper's spelling of options: `_` for `-`, and other names. Does
 * not change values or anything after `--`.
 */
export const normalizeArgv = (argv: readonly string[]): string[] => {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const normalized: string[] = []
  for (let i = 0; i < end; i++) {
    const word = argv[i]!
    const [name, ...value] = word.split('=')
    const hyphened = name!.replaceAll('_', '-')
    if (!word.startsWith('--')) normalized.push(word)
    else if (hyphened === wordTimestamps) {
      const separate = i + 1 < end && /^(True|False)$/.test(argv[i + 1]!)
      const wanted = separate ? argv[++i] : value[0]
      if (wanted !== 'False') normalized.push(wordTimestamps)
    } else normalized.push([aliases[hyphened] ?? hyphened, ...value].join('='))
  }
  return [...normalized, ...argv.slice(end)]
}
