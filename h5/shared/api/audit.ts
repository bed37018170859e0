// Who did what, and whether the record of it is whole.
import { answerOf, client, type Schemas } from './client'
import type { paths } from './schema'

export type AuditRow = Schemas['AuditRow']
export type AuditChain = Schemas['AuditChain']
export type AuditWanted = NonNullable<paths['/console/audit']['get']['parameters']['query']>

export const searchAudit = (query: AuditWanted) =>
  answerOf(client.GET('/console/audit', { params: { query } }))

export const walkAuditChain = (after?: string) =>
  answerOf(
    client.GET('/console/audit/chain', { params: { query: after === undefined ? {} : { after } } }),
  )
