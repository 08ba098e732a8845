import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { STATUSES, type Status } from './api/types.ts'
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
  component: lazyRouteComponent(() => import('./sessions/sessions-page.tsx'), 'SessionsPage'),
  validateSearch: ({ q, status, session }: Record<string, unknown>): SessionSearch => ({
    ...(typeof q === 'string' && q !== '' && { q }),
    ...(STATUSES.includes(status as Status) && { status: status as Status }),
    ...(typeof session === 'string' && { session }),
  }),
})

const tables = createRoute({
  getParentRoute: under,
  path: '/records',
  component: lazyRouteComponent(() => import('./records/tables-page.tsx'), 'TablesPage'),
})
const records = createRoute({
  getParentRoute: under,
  path: '/records/$table',
  component: lazyRouteComponent(() => import('./records/records-page.tsx'), 'RecordsPage'),
})
const record = createRoute({
  getParentRoute: under,
  path: '/records/$table/$record',
  component: lazyRouteComponent(() => import('./records/record-page.tsx'), 'RecordPage'),
})
const account = createRoute({
  getParentRoute: under,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})

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
