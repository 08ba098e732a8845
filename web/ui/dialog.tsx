import { Modal, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'

interface Props {
  title: string
  size?: string
  onClose: () => void
  children: ReactNode
}

/** A dialog that is open as long as it is rendered, and gives the focus back to what opened it. */
export function Dialog({ title, size, onClose, children }: Props) {
  const [opener] = useState(focused)
  useEffect(
    () => () => {
      setTimeout(() => {
        if (opener?.isConnected) opener.focus()
      })
    },
    [opener],
  )
  const heading = (
    <Text fw={650} className="wrap">
      {title}
    </Text>
  )
  return (
    <Modal opened onClose={onClose} title={heading} returnFocus={false} {...(size && { size })}>
      {children}
    </Modal>
  )
}

/** What has the focus; of a menu that closes now, the button that it belongs to. */
function focused(): HTMLElement | null {
  const at = document.activeElement
  const menu = at?.closest('[role=menu]')
  return menu ? document.querySelector(`[aria-controls="${menu.id}"]`) : (at as HTMLElement | null)
}
