import type { Room } from '#http'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

/** iDempiere REST uploads: `/api/v1/uploads`, `/api/v1/auth`, `/api/v1/models`. */
export const idempiereRoom = (services: Services): Room => ({
  name: 'idempiere',
  bytes: (bytes) => routes(services, bytes),
})
