import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { EmptyState } from './empty-state.tsx'

interface ErrorBoundaryProps {
  /** What is inside: `Overview`. */
  name: string
  children: ReactNode
}

/** Keeps a defect in one screen from taking the others with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <EmptyState
        title={`${this.props.name} could not be drawn.`}
        action={<Button onClick={() => this.setState({ error: undefined })}>Draw it again</Button>}
      >
        This is a defect of Kadscope: {error.message}. The node is not touched by it; the other screens go on.
      </EmptyState>
    )
  }
}
