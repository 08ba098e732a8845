import { IconFile, IconFileText, IconFileTypePdf, IconMovie, IconMusic, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import type { Entry } from '../api/types.ts'
import { inline, previewKind } from './preview-kind.ts'

const ICONS = {
  image: IconPhoto,
  pdf: IconFileTypePdf,
  audio: IconMusic,
  video: IconMovie,
  text: IconFileText,
}
const LARGEST = 12 * 1024 * 1024
const SIDE = 52

export function EntryThumb({ entry }: { entry: Entry }) {
  const [broken, setBroken] = useState(false)
  const kind = previewKind(entry)
  if (kind === 'image' && entry.size <= LARGEST && !broken)
    return (
      <img
        src={inline(entry.links.content)}
        alt=""
        width={SIDE}
        height={SIDE}
        loading="lazy"
        onError={() => setBroken(true)}
        style={{ objectFit: 'cover', borderRadius: 8, flexShrink: 0 }}
      />
    )
  const Icon = kind ? ICONS[kind] : IconFile
  return (
    <Icon size={36} stroke={1.3} aria-hidden color="var(--info)" style={{ width: SIDE, flexShrink: 0 }} />
  )
}
