import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { AccountPage } from './account/account-page.tsx'
import { STATUSES, type Status } from './api/types.ts'
import { RecordPage } from './records/record-page.tsx'
import { RecordsPage } from './records/records-page.tsx'
import { TablesPage } from './records/tables-page.tsx'
import { SessionsPage } from './sessions/sessions-page.tsx'
import { NotFound, Stumble } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Stumble })
const under = () => root

const upload = createRoute({
  getParentRoute: under,
  path: '/',
  component: lazyRouteComponent(() => import('./uploads/upload-page.tsx'), 'UploadPage'),
})

interface SessionSearch {
  q?: string | undefined
  status?: Status | undefined
  session?: string | undefined
}

const sessions = createRoute({
  getParentRoute: under,
  path: '/sessions',
  component: SessionsPage,
  validateSearch: ({ q, status, session }: Record<string, unknown>): SessionSearch => ({
    ...(typeof q === 'string' && q !== '' && { q }),
    ...(STATUSES.includes(status as Status) && { status: status as Status }),
    ...(typeof session === 'string' && { session }),
  }),
})

const tables = createRoute({ getParentRoute: under, path: '/records', component: TablesPage })
const records = createRoute({ getParentRoute: under, path: '/records/$table', component: RecordsPage })
const record = createRoute({
  getParentRoute: under,
  path: '/records/$table/$record',
  component: RecordPage,
})
const account = createRoute({ getParentRoute: under, path: '/account', component: AccountPage })

export const router = createRouter({
  routeTree: root.addChildren([upload, sessions, tables, records, record, account]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
