// Work that goes on at the server, or here step by step: how far it is, how it ended.
export interface Job {
  title: string
  state: 'waiting' | 'going' | 'done' | 'failed' | 'cancelled'
  /** what the state is called, where the usual word does not fit */
  word?: string | undefined
  /** steps done, and of how many; left out where nobody knows */
  done?: number | undefined
  total?: number | undefined
  /** why it failed, or what there is to say at the end */
  sentence?: string | undefined
  /** the file that came of it */
  file?: { href: string; name: string } | undefined
}
