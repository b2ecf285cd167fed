import { useMemo, useState } from 'react'
import { type InputForm, readBytes, readValue, type ValueReading } from './value-input.ts'

/** A value as it is being given. */
export interface ValueInput {
  form: InputForm
  setForm: (form: InputForm) => void
  text: string
  setText: (text: string) => void
  fileName: string | undefined
  takeFile: (file: File) => Promise<void>
  /** Undefined while nothing was given. */
  reading: ValueReading | undefined
}

/** Keeps what was typed, and the file that was chosen, while the form is changed. */
export function useValueInput(): ValueInput {
  const [form, setForm] = useState<InputForm>('text')
  const [text, setText] = useState('')
  const [file, setFile] = useState<{ name: string; reading: ValueReading }>()
  const typed = useMemo(
    () => (form === 'file' || text === '' ? undefined : readValue(form, text)),
    [form, text],
  )
  const takeFile = async (chosen: File) => {
    const reading = readBytes(new Uint8Array(await chosen.arrayBuffer()))
    setFile({ name: chosen.name, reading })
  }
  const reading = form === 'file' ? file?.reading : typed
  return { form, setForm, text, setText, fileName: file?.name, takeFile, reading }
}
