import { invalid } from '#errors'
import { type Answer, addressOf, type Exchange } from '#http'
import { response } from './answers.ts'
import { fieldsOf } from './fields.ts'
import type { Services } from './services.ts'
import { timestamp } from './text.ts'

/** `POST /api/2.0/authentication` `{userName,password}` -> 201 `{response:{token,expires},…}` */
export async function signIn(services: Services, exchange: Exchange): Promise<Answer> {
  const fields = await fieldsOf(exchange)
  const [userName, password] = [fields.text('userName'), fields.text('password')]
  if (userName === null || userName === '') throw invalid('userName', 'is required')
  if (password === null) throw invalid('password', 'is required')
  const address = addressOf(exchange.req, services.trust)
  const principal = await services.accounts.signIn({ userName, password, address })
  exchange.principal = principal
  const { token, expiresAt } = await services.accounts.issueToken(principal)
  return response(exchange, { token, expires: timestamp(expiresAt), sms: false, tfa: false }, { status: 201 })
}

/** `GET /api/2.0/authentication`: whether the request's credential holds */
export async function isSignedIn(services: Services, exchange: Exchange): Promise<Answer> {
  return response(exchange, (await services.authenticate(exchange.req)) !== null)
}
