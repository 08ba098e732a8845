import { expect, test } from 'vitest'
import { inline, previewKind } from './preview-kind.ts'

test.each([
  ['image/png', 'image'],
  ['IMAGE/JPEG', 'image'],
  ['image/svg+xml', null],
  ['application/pdf', 'pdf'],
  ['audio/ogg', 'audio'],
  ['video/mp4; codecs=avc1', 'video'],
  ['text/plain; charset=utf-8', 'text'],
  ['text/html', 'text'],
  ['application/json', 'text'],
  ['application/octet-stream', null],
  [null, null],
])('%s is shown as %s', (contentType, kind) => {
  expect(previewKind({ contentType })).toBe(kind)
})

test('inline is one more parameter', () => {
  expect(inline('/content')).toBe('/content?inline=1')
  expect(inline('/content?v=2')).toBe('/content?v=2&inline=1')
})
