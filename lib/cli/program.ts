import { Command } from 'commander'
import type { BenchCommandOptions, BenchOwnOptions } from './bench.ts'
import type { CaptionsOptions } from './captions.ts'
import type { ChooseOptions } from './models.ts'
import type { ExitCode } from './cli-error.ts'
import {
  addOptions,
  captionOptions,
  micOptions,
  takes,
  type Options,
} from './common-options.ts'
import {
  collect,
  parseCount,
  parseCounts,
  parseDuration,
  parsePort,
  parseShift,
  parseSize,
} from './option-values.ts'
import type { ServeOptions } from './serve.ts'
import { oneLine, Terminal, type Output } from './terminal.ts'

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
  voxpipe talk.mp3                          print the text
  voxpipe talk.mp3 -f srt -o talk.srt       write captions to a file
  voxpipe *.mp3 -f srt,vtt -o captions/     caption many files, in a folder
  voxpipe talk.mp3 -f hls -o captions/      caption an HLS video
  ffmpeg -i talk.mkv -f wav - | voxpipe -   read from a pipe
  voxpipe --raw s16le:48000:2 talk.pcm      read headerless PCM
  ffmpeg -i URL -f wav - | voxpipe - --live transcribe a live stream
  voxpipe talk.wav --speakers talk.rttm     name the speakers
  voxpipe mic                               transcribe the microphone
  voxpipe talk.mp3 --engine openai          use OpenAI (needs OPENAI_API_KEY)
  voxpipe choose --live --language de       find the model that fits
  voxpipe serve                             serve OpenAI's API on this machine
  voxpipe bench latency                     measure how late live text is
  voxpipe captions a.srt -f vtt --shift 2s  convert, re-time or re-wrap captions
  voxpipe captions check a.srt              list violations of caption rules
  voxpipe demo                              transcribe the sample clip

`

const exits = `
Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    incomplete result
  4    the service refused: API key, account or model
  5    no model, engine or microphone; result not writable; port in use
  130  interrupted

The local engine, which is the default, supports English. Audio stays on this
machine. The openai engine sends audio to OpenAI, or to OPENAI_BASE_URL if set.
`

const allCores = 'voxpipe uses all CPU cores'

/** What to do instead of options that similar programs have. */
const advice: Readonly<Record<string, string>> = {
  '-m': 'use --model',
  '-l': 'use --language',
  '-i': 'name inputs without an option',
  '-t': allCores,
  '--threads': allCores,
  '--task': 'voxpipe transcribes and does not translate',
  '--translate': 'voxpipe transcribes and does not translate',
  '--diarize': 'use --channels separate, or --speakers FILE.rttm',
  '--offset-t': 'cut the input first, for example with ffmpeg -ss',
  '--duration': 'use --max-duration',
  '--skip-existing': 'voxpipe transcribes every input that you name',
}

/** Rewrites commander's errors, some of which have two lines, as one line. */
const usageLine = (text: string): string => {
  const line = text
    .replace(/^error: /, '')
    .replace(/(unknown option '[^'=]+)=[^']*/, '$1') // may be a key
    .replace(' is invalid. ', ' is invalid: ')
    .replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')
    .trim()
  const [, option = ''] = /^unknown option '([^']+)'/.exec(line) ?? []
  if (Object.hasOwn(advice, option))
    return `voxpipe: unknown option '${option}'; ${advice[option]}\n`
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
    .description('Transcribe or caption any audio, on your CPU or with OpenAI.')
    .argument('[file...]', 'audio or video; - reads standard input')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
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
    .description('transcribe the sample clip of voxpipe')
    .action(async () => done(await commands.demo(options())))
  program
    .command('mic')
    .description('transcribe the microphone while you speak')
    .configureHelp(takes(...micOptions))
    .action(async () => done(await commands.mic(options())))
  const models = program
    .command('models')
    .description('list the models, or download one')
    .action(async () => done(await commands.printModels(options())))
  models
    .command('list')
    .description('list the models and their folders')
    .configureHelp(takes('modelDir'))
    .action(async () => done(await commands.printModels(options())))
  models
    .command('fetch')
    .argument('[name]', 'tiny or base', 'tiny')
    .description('download a model to --model-dir or the cache')
    .configureHelp(takes('modelDir'))
    .action(async (name: string) => {
      done(await commands.fetchModel(name, options()))
    })
  program
    .command('doctor')
    .description('check this machine and report what is missing')
    .configureHelp(takes('modelDir'))
    .action(async () => done(await commands.doctor(options())))
  program
    .command('choose')
    .description('recommend an engine and a model, as text or with -f json')
    .configureHelp(takes('live', 'engine', 'language'))
    .option('--word-times', 'require a time for every word')
    .option(
      '--waiting',
      'assume that someone waits for the text of a recording',
    )
    .option('--speaker-labels', 'require speakers in the transcript')
    .option('--offline', 'keep the audio on this machine')
    .action(async (own: ChooseOptions) =>
      done(await commands.choose({ ...options(), ...own })),
    )
  program
    .command('serve')
    .description("run a server compatible with OpenAI's speech-to-text API")
    .configureHelp(takes('model', 'modelDir', 'maxDuration'))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option(
      '--port <n>',
      'port to listen on (default: 8642; 0 picks a free port)',
      parsePort,
    )
    .option('--api-key-file <file>', 'file of API keys to accept, one per line')
    .option(
      '--allow-host <name>',
      'accept requests for this host name (repeatable)',
      collect,
    )
    .option(
      '--allow-origin <url>',
      'allow browser requests from this origin (repeatable)',
      collect,
    )
    .option(
      '--max-sessions <n>',
      'maximum number of concurrent live sessions (default: 32)',
      parseCount,
    )
    .option(
      '--max-uploads <n>',
      'maximum number of concurrent uploads (default: 16)',
      parseCount,
    )
    .option(
      '--max-upload-size <size>',
      'maximum size of an upload (default: 512MiB)',
      parseSize,
    )
    .action(async (own: ServeOptions) =>
      done(await commands.serve({ ...options(), ...own })),
    )
  program
    .command('bench')
    .description(
      'measure voxpipe on this machine and write a report to the folder -o (default: voxpipe-bench)',
    )
    .configureHelp(takes('engine', 'model', 'modelDir', 'latency', 'language'))
    .argument(
      '[suite...]',
      'latency, capacity, accuracy, throughput, resampler, faults, or all',
    )
    .option('--full', 'measure every setting, with more runs')
    .option(
      '--check',
      'exit with code 1 if a limit is missed or --compare finds a regression',
    )
    .option('--json', 'print the results as JSON')
    .option(
      '--compare <file>',
      'report changes since this earlier results.json',
    )
    .option('--data <folder>', 'folder with your own clips')
    .option(
      '--streams <list>',
      'numbers of concurrent streams to measure, such as 1,8',
      parseCounts,
    )
    .option(
      '--delay <time>',
      'latest time of the final after speech, for capacity (default: 1500ms)',
      parseDuration,
    )
    .option(
      '--pipeline <file>',
      'module with a pipeline of your own (latency only)',
    )
    .option('--recognizer <file>', 'module with a recogniser of your own')
    .action(async (suites: string[], own: BenchOwnOptions) =>
      done(await commands.bench(suites, { ...options(), ...own })),
    )
  const captions = program
    .command('captions')
    .description('convert, re-time, re-wrap or check captions')
    .configureHelp(takes(...captionOptions))
    .argument(
      '[file...]',
      'SRT, WebVTT, or output of -f jsonl; - reads standard input',
    )
    .option(
      '--shift <time>',
      'shift all cues by this time, for example 2s or -1.5s',
      parseShift,
    )
    .option(
      '--video <file>',
      'print the ffmpeg commands that add the captions to this video',
    )
    .action(async (files: string[], own: CaptionsOptions) =>
      done(await commands.captions(files, { ...options(), ...own })),
    )
  captions
    .command('check')
    .argument('[file...]', 'SRT or WebVTT; - reads standard input')
    .description(
      'list violations of the rules of --profile, as txt, or with -f json or jsonl',
    )
    .configureHelp(takes('language', 'profile', 'maxLineWidth', 'maxLineCount'))
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
