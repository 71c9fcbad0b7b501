import t from 'tap'
import {
  modelCatalog,
  modelNamed,
} from '../../lib/recognizers/model-catalog.ts'

t.test('a name or an alias finds a model', async t => {
  t.equal(modelNamed('tiny').name, 'moonshine-tiny')
  t.equal(modelNamed('moonshine-base'), modelNamed('base'))
  t.equal(modelNamed('silero-vad').files[0]?.role, 'vad')
})

t.test('lists the models if a name is unknown', async t => {
  t.throws(() => modelNamed('large-v3'), {
    code: 'VOX_MODEL_UNKNOWN',
    message: "there is no model 'large-v3'; use one of tiny, base",
  })
})

t.test('pins every file', async t => {
  for (const entry of modelCatalog) {
    t.match(entry.package, /^@[\w-]+\/[\w-]+@\d+\.\d+\.\d+$/)
    t.match(entry.integrity, /^sha512-[\w+/]{86}==$/)
    t.ok(entry.files.length > 0)
    for (const file of entry.files) t.match(file.sha256, /^[0-9a-f]{64}$/)
  }
  const folders = new Set(modelCatalog.map(entry => entry.folder))
  t.equal(folders.size, modelCatalog.length, 'one folder each')
})
