import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ValidatorTestResult } from '../../../shared/contract.ts'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatDuration } from '../../format/times.ts'
import { plural } from '../lookups/phrases.ts'
import type { ValidatorTest } from './use-validator-test.ts'
import classes from './validators-screen.module.css'

interface SamplesPanelProps {
  samples: readonly string[]
  onSamples: (samples: string[]) => void
  test: ValidatorTest
}

/** What the definition being edited says of sample values, before it is registered. */
export function SamplesPanel({ samples, onSamples, test }: SamplesPanelProps) {
  const { result, error, isRunning } = test
  return (
    <Panel
      title="Try it"
      hint={isRunning ? 'trying…' : summary(result)}
      actions={
        <Button size="xs" leftSection={<IconPlus size={12} />} onClick={() => onSamples([...samples, ''])}>
          Sample
        </Button>
      }
      scrolls
    >
      {error !== undefined && (
        <div className={classes.problem}>
          <ErrorText error={error} />
        </div>
      )}
      {result?.compileError !== undefined && (
        <p className={classes.problem} role="alert">
          <Glyph kind="rejected" label="" /> It does not compile: {result.compileError}
        </p>
      )}
      <ul aria-label="Samples">
        {samples.map((sample, index) => (
          <Sample
            // biome-ignore lint/suspicious/noArrayIndexKey: samples have nothing but their place
            key={index}
            number={index + 1}
            text={sample}
            judgement={result?.samples[index]}
            isSelected={result?.selected === index}
            onText={(text) => onSamples(samples.map((other, at) => (at === index ? text : other)))}
            onRemove={() => onSamples(samples.filter((_, at) => at !== index))}
          />
        ))}
      </ul>
      {result?.selectError !== undefined && (
        <p className={classes.problem} role="alert">
          <Glyph kind="rejected" label="" /> select failed: {result.selectError}
        </p>
      )}
    </Panel>
  )
}

function summary(result: ValidatorTestResult | undefined): string {
  if (result === undefined || result.compileError !== undefined) return ''
  const accepted = result.samples.filter(({ ok }) => ok).length
  const winner = result.selected === undefined ? '' : `; sample ${result.selected + 1} wins`
  return `accepts ${accepted} of ${plural(result.samples.length, 'sample')}${winner}`
}

interface SampleProps {
  number: number
  text: string
  judgement: ValidatorTestResult['samples'][number] | undefined
  isSelected: boolean
  onText: (text: string) => void
  onRemove: () => void
}

function Sample({ number, text, judgement, isSelected, onText, onRemove }: SampleProps) {
  return (
    <li className={classes.sample} data-selected={isSelected}>
      <Glyph kind={judgement === undefined ? 'none' : judgement.ok ? 'ok' : 'rejected'} label="" />
      <TextInput
        aria-label={`Sample ${number}`}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        spellCheck={false}
        classNames={{ input: classes.sampleText ?? '' }}
      />
      <span className={classes.says} title={judgement?.reason}>
        {judgement === undefined ? '' : judgement.ok ? 'accepted' : judgement.reason}
        {isSelected && <b>, wins</b>}
      </span>
      <span className="mono faint">
        {judgement === undefined ? '' : formatDuration(judgement.durationMs)}
      </span>
      <ActionIcon aria-label={`Remove sample ${number}`} onClick={onRemove}>
        <IconTrash size={14} />
      </ActionIcon>
    </li>
  )
}
