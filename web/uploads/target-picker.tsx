import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import * as api from '../api/records.ts'
import { LOCATIONS, type Location, type Target } from '../api/types.ts'
import { LOCATION_NAMES } from '../ui/names.ts'

interface Props {
  target: Target | null
  onChange: (target: Target | null) => void
  /** A copy needs a record; an upload may wait for one. */
  required?: boolean
}

/** A table, then one of its records as you type, and the kind of place on it. */
export function TargetPicker({ target, onChange, required = false }: Props) {
  const [table, setTable] = useState<string | null>(target?.table ?? null)
  const [location, setLocation] = useState<Location>(target?.location ?? 'ATTACHMENT')
  const tables = useQuery({ queryKey: ['tables'], queryFn: api.tables })
  const names = tables.data?.map(({ name }) => name) ?? []
  const label = useId()
  const chooseTable = (name: string | null) => {
    setTable(name)
    onChange(null)
  }
  const chooseLocation = (value: string) => {
    setLocation(value as Location)
    if (target) onChange({ ...target, location: value as Location })
  }
  return (
    <Stack gap="sm">
      <Group grow preventGrowOverflow={false} align="flex-start" gap="sm">
        <Select
          label="Table"
          placeholder={required ? 'Choose a table' : 'No record yet'}
          data={table && !names.includes(table) ? [...names, table] : names}
          value={table}
          onChange={chooseTable}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'No table', 'aria-hidden': false, tabIndex: 0 }}
          nothingFoundMessage="No such table"
          error={tables.error && !tables.data ? 'The tables could not be loaded' : null}
          miw={180}
        />
        <RecordSelect
          key={table}
          table={table}
          target={target}
          onChoose={(chosen) => onChange(chosen && { ...chosen, location })}
        />
      </Group>
      <div>
        <Text size="sm" fw={500} mb={4} id={label}>
          File it as
        </Text>
        <SegmentedControl
          aria-labelledby={label}
          data={LOCATIONS.map((value) => ({ value, label: LOCATION_NAMES[value] }))}
          value={location}
          onChange={chooseLocation}
        />
      </div>
    </Stack>
  )
}

interface RecordSelectProps {
  table: string | null
  target: Target | null
  onChoose: (record: Omit<Target, 'location'> | null) => void
}

function RecordSelect({ table, target, onChoose }: RecordSelectProps) {
  const [typed, setTyped] = useState(target?.name ?? '')
  const [q] = useDebouncedValue(typed === target?.name ? '' : typed, 200)
  const found = useQuery({
    queryKey: ['records', table, 'search', q],
    queryFn: () => api.records(table ?? '', { q, limit: 30 }),
    enabled: table !== null,
    placeholderData: (before) => before,
  })
  const options = (found.data?.records ?? []).map(({ uid, name }) => ({ value: uid, label: name }))
  const chosen = target && { value: target.record, label: target.name }
  const data = chosen && !options.some(({ value }) => value === chosen.value) ? [chosen, ...options] : options
  const choose = (uid: string | null) => {
    const option = data.find(({ value }) => value === uid)
    onChoose(option && table ? { table, record: option.value, name: option.label } : null)
  }
  return (
    <Select
      label="Record"
      placeholder={table ? 'Type to search' : 'Choose a table first'}
      disabled={!table}
      data={data}
      value={target?.record ?? null}
      onChange={choose}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'No record', 'aria-hidden': false, tabIndex: 0 }}
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'No record matches'}
      error={found.error && !found.data ? 'The records could not be searched' : null}
      miw={200}
    />
  )
}
