import { chooseModel } from 'voxpipe/recognizers'

const { engine, model, mode, reason } = chooseModel({ speakerLabels: true })
console.log(engine, model, mode)
console.log(reason)
