import type { HealthRow, Severity, Verdict } from '../../../shared/rows.ts'

/** The state of the node in one sentence, and the first thing to look at. */
export interface Judgement {
  severity: Severity
  /** One word or two: `Healthy.` */
  summary: string
  /** What is well, or what is known. */
  text: string
  /** The worst of what is not well. */
  concern: Verdict | undefined
  /** How many more there are. */
  others: number
}

const order: readonly Severity[] = ['bad', 'warn', 'info', 'good']
const summaries: Record<Severity, string> = {
  good: 'Healthy.',
  info: 'Healthy.',
  warn: 'Mostly healthy.',
  bad: 'Not healthy.',
}

/** Judges from the health row: what is worst decides, what is good comes first in the sentence. */
export function judge(health: HealthRow | undefined): Judgement {
  if (health === undefined) {
    return {
      severity: 'info',
      summary: 'Starting.',
      text: 'The table is not judged yet.',
      concern: undefined,
      others: 0,
    }
  }
  const concerns = health.verdicts
    .filter(({ severity }) => severity === 'bad' || severity === 'warn')
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  const fine = health.verdicts.find(({ severity }) => severity === 'good' || severity === 'info')
  const severity = concerns[0]?.severity ?? 'good'
  return {
    severity,
    summary: summaries[severity],
    text: fine?.text ?? `The routing table scores ${Math.round(health.score)} of 100.`,
    concern: concerns[0],
    others: Math.max(0, concerns.length - 1),
  }
}
