import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useCanWrite } from '../account/me.ts'
import { tables } from '../api/records.ts'
import { Page } from '../shell/page.tsx'
import { Crumbs } from '../ui/crumbs.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { CreateRecord } from './create-record.tsx'
import { RecordList } from './record-list.tsx'
import { RecordTree } from './record-tree.tsx'

const route = getRouteApi('/records/$table')

export function RecordsPage() {
  const { table } = route.useParams()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 250)
  const [creating, setCreating] = useState(false)
  const canWrite = useCanWrite()
  const all = useQuery({ queryKey: ['tables'], queryFn: tables })
  return (
    <Page
      title={table}
      above={<Crumbs of={[{ label: 'Records', to: '/records' }, { label: table }]} />}
      actions={
        canWrite && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
            New record
          </Button>
        )
      }
    >
      <TextInput
        type="search"
        label="Search"
        placeholder="Part of the name, or the number"
        leftSection={<IconSearch size={18} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        mb="md"
        maw={480}
      />
      <Loaded query={all}>
        {(known) =>
          known.find(({ name }) => name === table)?.tree && q === '' ? (
            <RecordTree table={table} />
          ) : (
            <RecordList table={table} q={q} />
          )
        }
      </Loaded>
      {creating && <CreateRecord table={table} close={() => setCreating(false)} />}
    </Page>
  )
}
