import { Button } from '@mantine/core'
import { shownError } from '../api.ts'
import { Glyph } from './glyph.tsx'

interface ErrorTextProps {
  /** Anything thrown, or an error as it is shown. */
  error: unknown
  onRetry?: () => void
}

/** What went wrong, in a sentence with the next step; the code on hover. */
export function ErrorText({ error, onRetry }: ErrorTextProps) {
  const { code, message } = isShown(error) ? error : shownError(error)
  return (
    <div role="alert" className="row sm" style={{ alignItems: 'start' }} title={code}>
      <span style={{ lineHeight: '20px' }}>
        <Glyph kind="rejected" label="error" />
      </span>
      <span className="grow" style={{ overflowWrap: 'anywhere' }}>
        {message}
      </span>
      {onRetry !== undefined && (
        <Button size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

function isShown(error: unknown): error is { code: string; message: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    !(error instanceof Error) &&
    'code' in error &&
    'message' in error
  )
}
