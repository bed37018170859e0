import { answerOf, client, csrf, type Schemas } from './client'

export type FamilyLink = Schemas['FamilyLinks']['links'][number]
export type FamilyView = Schemas['FamilyView']
export type FamilyPayable = Schemas['FamilyPayable']
export type FamilyConfirmation = Schemas['FamilyConfirmation']

// The student's side.

export const listFamilyLinks = () => answerOf(client.GET('/family-links'))

export const makeFamilyLink = (body: Schemas['MakeFamilyLink']) =>
  answerOf(client.POST('/family-links', { params: { header: csrf() }, body }))

export const withdrawFamilyLink = (link: string) =>
  answerOf(
    client.POST('/family-links/{link}/withdraw', { params: { path: { link }, header: csrf() } }),
  )

// Whoever holds the link. Its secret travels in bodies only.

const about = (token: string) => ({ params: { header: csrf() }, body: { token } })

export const openFamilyLink = (token: string) => answerOf(client.POST('/family/open', about(token)))

export const payFamilyLink = (token: string, total_fen: number) =>
  answerOf(client.POST('/family/pay', { params: { header: csrf() }, body: { token, total_fen } }))

export const confirmFamilyLink = (token: string) =>
  answerOf(client.POST('/family/confirm', about(token)))

export const cancelFamilyLink = (token: string) =>
  answerOf(client.POST('/family/cancel', about(token)))
