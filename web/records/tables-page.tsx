import { Group, SimpleGrid, Text } from '@mantine/core'
import { IconBinaryTree2, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useIsAdmin } from '../account/me.ts'
import { tables } from '../api/records.ts'
import type { Table } from '../api/types.ts'
import { count } from '../format.ts'
import { Page } from '../shell/page.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'

export function TablesPage() {
  const query = useQuery({ queryKey: ['tables'], queryFn: tables })
  const admin = useIsAdmin()
  return (
    <Page title="Records" lead="The business tables, and what is filed on their records.">
      <Loaded query={query}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No tables yet" Icon={IconTable}>
              {admin ? 'Add one on the account page.' : 'Ask an administrator to add one.'}
            </Empty>
          ) : (
            <SimpleGrid component="ul" className="plain-list" cols={{ base: 1, xs: 2, lg: 3 }} spacing="md">
              {all.map((table) => (
                <li key={table.name}>
                  <TableCard table={table} />
                </li>
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </Page>
  )
}

function TableCard({ table: { name, records, tree } }: { table: Table }) {
  const Icon = tree ? IconBinaryTree2 : IconTable
  return (
    <Link
      to="/records/$table"
      params={{ table: name }}
      className="surface row-link"
      style={{ display: 'block', padding: 18 }}
    >
      <Group wrap="nowrap" gap="md">
        <Icon size={30} stroke={1.5} aria-hidden color="var(--info)" />
        <div className="wrap">
          <Text fw={650} className="wrap">
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {count(records, 'record')}
            {tree ? ', in folders' : ''}
          </Text>
        </div>
      </Group>
    </Link>
  )
}
