import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import { useComputedColorScheme } from '@mantine/core'
import Dashboard from '@uppy/dashboard'
import { useEffect, useRef } from 'react'
import type { Tray, TrayBody, TrayMeta } from './tray.ts'

export type DashboardPlugin = Dashboard<TrayMeta, TrayBody>

const HEIGHT = 300

/**
 * Uppy's own face, for picking and editing. Progress is shown by our list instead:
 * the stock bar counts bytes that the server does not have yet. A single file is kept
 * in a list of one, since the stock full view is a list item without a list.
 */
export function TrayDashboard({ tray, disabled }: { tray: Tray; disabled: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useComputedColorScheme('light')
  useEffect(() => {
    if (!box.current) return
    tray.use(Dashboard<TrayMeta, TrayBody>, {
      id: 'Dashboard',
      inline: true,
      target: box.current,
      width: '100%',
      height: HEIGHT,
      disabled,
      disableStatusBar: true,
      disableInformer: true,
      singleFileFullScreen: false,
      proudlyDisplayPoweredByUppy: false,
      fileManagerSelectionType: 'both',
      metaFields: [{ id: 'name', name: 'File name', placeholder: 'The name it will be filed under' }],
      locale: { strings: STRINGS },
    })
    const unwatch = nameSelects(box.current)
    return () => {
      unwatch()
      const plugin = tray.getPlugin('Dashboard')
      if (plugin) tray.removePlugin(plugin)
    }
  }, [tray, disabled])
  useEffect(() => {
    tray.getPlugin<DashboardPlugin>('Dashboard')?.setOptions({ theme })
  }, [tray, theme])
  return <div ref={box} style={{ isolation: 'isolate' }} />
}

const SELECTS: Record<string, string> = {
  '.uppy-Audio-audioSource-select': 'Microphone',
  '.uppy-Webcam-videoSource-select': 'Camera',
}

/** The stock lists of microphones and cameras have no name that could be read aloud. */
function nameSelects(box: HTMLElement): () => void {
  const observer = new MutationObserver(() => {
    for (const [selector, name] of Object.entries(SELECTS))
      for (const select of box.querySelectorAll(`${selector}:not([aria-label])`))
        select.setAttribute('aria-label', name)
  })
  observer.observe(box, { childList: true, subtree: true })
  return () => observer.disconnect()
}

const STRINGS = {
  dashboardTitle: 'Files to upload',
  dropPasteBoth: 'Drop files or folders anywhere on this page, paste, %{browseFiles} or %{browseFolders}',
  dropPasteImportBoth:
    'Drop files or folders anywhere on this page, paste, %{browseFiles} or %{browseFolders}',
  browseFiles: 'browse files',
  browseFolders: 'browse folders',
  xFilesSelected: { 0: '%{smart_count} file picked', 1: '%{smart_count} files picked' },
  editFileWithFilename: 'Rename or edit %{file}',
  removeFile: 'Take %{file} off the list',
}
