import { SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { settings } from '../api/account.ts'
import { bytes } from '../format.ts'
import { Page } from '../shell/page.tsx'
import { Facts } from '../ui/facts.tsx'
import { AddTable } from './add-table.tsx'
import { APIKeys } from './api-keys.tsx'
import { ChangePassword } from './change-password.tsx'
import { useIsAdmin, useUser } from './me.ts'
import { Section } from './section.tsx'
import { Users } from './users.tsx'

export function AccountPage() {
  const { userName, roles, tenant } = useUser()
  const admin = useIsAdmin()
  const server = useQuery({ queryKey: ['settings'], queryFn: settings, staleTime: 60_000 })
  return (
    <Page title="Account">
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Section title="Who you are">
            <Facts
              of={[
                ['User name', userName],
                ['Roles', roles.join(', ')],
                ['Tenant', tenant],
                ['Largest file', server.data && bytes(server.data.maxSize)],
                ['Version', server.data?.version],
              ]}
            />
          </Section>
          <Section title="Change password">
            <ChangePassword userName={userName} />
          </Section>
        </SimpleGrid>
        <APIKeys />
        {admin && <Users />}
        {admin && <AddTable />}
      </Stack>
    </Page>
  )
}
