import type { FeedEvent, FeedEventOf } from '../../shared/feed.ts'

export interface Notice extends Omit<FeedEventOf<'notice:raised'>, 'type'> {
  /** 1, 2, 3, … of this page. */
  readonly number: number
}

const MAX_NOTICES = 50

export function reduceNotices(notices: readonly Notice[], event: FeedEvent): readonly Notice[] {
  if (event.type !== 'notice:raised') return notices
  const { type: _, ...notice } = event
  return [...notices, { ...notice, number: (notices.at(-1)?.number ?? 0) + 1 }].slice(-MAX_NOTICES)
}
