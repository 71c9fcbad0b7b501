export default {
  target: 'node',
  mode: 'production',
  entry: './app.js',
  externals: { voxpipe: 'module voxpipe' },
  experiments: { outputModule: true },
  output: { filename: 'app.mjs', module: true },
}
