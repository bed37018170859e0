// Work that the server does for an operator in the background.
import { answerOf, client, csrf, type Schemas } from './client'

export type ServerJob = Schemas['Job']

export const listJobs = () => answerOf(client.GET('/console/jobs'))

export const cancelJob = (job: string) =>
  answerOf(client.POST('/console/jobs/{job}/cancel', { params: { path: { job }, header: csrf() } }))

/** Where the browser fetches the file of a job. */
export const jobFileAt = (job: string) => `/api/v1/console/jobs/${encodeURIComponent(job)}/file`
