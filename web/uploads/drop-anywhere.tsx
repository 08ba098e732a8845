import { Text } from '@mantine/core'
import { IconCloudUpload } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { getDroppedFiles } from '@uppy/core/utils'
import { useEffect, useRef, useState } from 'react'
import { useCanWrite, useUser } from '../account/me.ts'
import type { Target } from '../api/types.ts'
import { count } from '../format.ts'
import { announce } from '../shell/announcer.tsx'
import { dropTarget } from './drop-target.ts'
import { TargetName } from './target-name.tsx'
import { addToTray, pathOf, trayOf } from './tray.ts'
import { useSend } from './use-send.ts'

/** Files dropped or pasted anywhere: straight onto the record in view, else on the tray. */
export function DropAnywhere() {
  const receive = useReceive()
  const target = useFileDrag(receive)
  useFilePaste(receive)
  if (target === undefined) return null
  return (
    <div className="drop-veil" aria-hidden>
      <div>
        <IconCloudUpload size={64} stroke={1.3} color="var(--info)" />
        <Text fz={22} fw={650}>
          Drop to upload
        </Text>
        {target && (
          <Text>
            <TargetName target={target} />
          </Text>
        )}
      </div>
    </div>
  )
}

function useReceive(): (files: File[]) => void {
  const user = useUser()
  const canWrite = useCanWrite()
  const navigate = useNavigate()
  const send = useSend()
  return (files) => {
    if (files.length === 0 || !canWrite) return
    const target = dropTarget()
    if (target)
      return send(
        files.map((data) => ({ data, name: data.name, type: data.type, path: pathOf(data), target })),
      )
    addToTray(trayOf(user.id), files)
    announce(`${count(files.length, 'file')} picked`)
    void navigate({ to: '/' })
  }
}

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** What is under the pointer while files are dragged over the page; undefined while none are. */
function useFileDrag(receive: (files: File[]) => void): Target | null | undefined {
  const [over, setOver] = useState<Target | null | undefined>()
  const latest = useRef(receive)
  latest.current = receive
  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    window.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
        setOver(dropTarget())
      },
      { signal },
    )
    window.addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) setOver(undefined)
      },
      { signal, capture: true },
    )
    window.addEventListener('drop', () => setOver(undefined), { signal, capture: true })
    window.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event) || !event.dataTransfer) return
        event.preventDefault()
        void getDroppedFiles(event.dataTransfer).then((files) => latest.current(files))
      },
      { signal },
    )
    return () => stop.abort()
  }, [])
  return over
}

function useFilePaste(receive: (files: File[]) => void): void {
  const latest = useRef(receive)
  latest.current = receive
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const inDashboard = document.activeElement?.closest('.uppy-Dashboard')
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0 && !inDashboard) latest.current(files)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [])
}
