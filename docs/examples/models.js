import { listModels, resolveModel } from 'voxpipe/recognizers'

for (const { name, licence, state } of await listModels())
  console.log(name, licence, state)

const { encoder, decoder } = await resolveModel('tiny', { offline: true })
console.log(encoder, decoder)
