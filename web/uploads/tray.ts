import Uppy, { type UppyFile } from '@uppy/core'
import GoldenRetriever from '@uppy/golden-retriever'
import type { ImageEditorOptions } from '@uppy/image-editor'
import type { Target } from '../api/types.ts'
import { keeping } from './engine.ts'
import type { Consignment } from './queue-types.ts'

export interface TrayMeta {
  [key: string]: unknown
  name: string
  relativePath?: string | null
  /** Where this one file goes; absent means where the batch goes. */
  target?: Target | null
}

export type TrayBody = Record<string, never>
export type Tray = Uppy<TrayMeta, TrayBody>
export type TrayFile = UppyFile<TrayMeta, TrayBody>

const trays = new Map<string, Tray>()

/** Files that were picked but not sent yet: looked at, renamed, edited, addressed. */
export function trayOf(user: string): Tray {
  const tray = trays.get(user) ?? createTray(user)
  trays.set(user, tray)
  return tray
}

function createTray(user: string): Tray {
  const tray: Tray = new Uppy<TrayMeta, TrayBody>({ id: `slipway-tray-${user}` })
  tray.use(GoldenRetriever<TrayMeta, TrayBody>, keeping())
  tray.on('restored', () => {
    for (const file of tray.getFiles()) if (file.isGhost) tray.removeFile(file.id)
    tray.setState({ recoveredState: null })
  })
  tray.on('files-added', (files) => {
    if (files.some((file) => file.type?.startsWith('image/'))) void withImageEditor(tray)
  })
  return tray
}

/** Browsers turn pictures by themselves; the editor would read each again by its blob address. */
const ORIENTED = { checkOrientation: false } as NonNullable<ImageEditorOptions['cropperOptions']>

async function withImageEditor(tray: Tray): Promise<void> {
  if (tray.getPlugin('ImageEditor')) return
  const [{ default: ImageEditor }] = await Promise.all([
    import('@uppy/image-editor'),
    import('@uppy/image-editor/css/style.min.css'),
  ])
  if (!tray.getPlugin('ImageEditor'))
    tray.use(ImageEditor, {
      quality: 0.92,
      cropperOptions: ORIENTED,
    })
}

/** Files as the browser's drop, paste and pickers hand them out. */
export function addToTray(tray: Tray, files: File[]): void {
  tray.addFiles(
    files.map((file) => ({
      name: file.name,
      type: file.type,
      data: file,
      source: 'slipway',
      meta: { relativePath: pathOf(file) } as TrayMeta,
    })),
  )
}

/** Where the file lies within a dropped or picked folder. */
export function pathOf(file: File): string | null {
  const dropped = (file as File & { relativePath?: string }).relativePath
  return dropped || file.webkitRelativePath || null
}

export function consignmentOf(file: TrayFile, batch: Target | null): Consignment {
  const { target, relativePath, name } = file.meta
  return {
    data: file.data as File,
    name: name || file.name,
    type: file.type,
    path: relativePath ?? null,
    target: target === undefined ? batch : target,
  }
}
