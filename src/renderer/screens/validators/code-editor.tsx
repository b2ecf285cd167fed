import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import classes from './code-editor.module.css'

interface CodeEditorProps {
  /** What is edited, for those who do not see it. */
  label: string
  language: 'javascript' | 'json'
  value: string
  onChange: (value: string) => void
  isReadOnly?: boolean
}

/** A code editor. Tab leaves it, as it leaves every field. */
export function CodeEditor({ label, language, value, onChange, isReadOnly = false }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(onChange)
  const initial = useRef(value)
  useEffect(() => {
    latest.current = onChange
    initial.current = value
  })
  useEffect(() => {
    if (host.current === null) return
    const listen = EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current(state.doc.toString())
    })
    const extensions = [...extensionsOf(language, label, isReadOnly), listen]
    view.current = new EditorView({
      state: EditorState.create({ doc: initial.current, extensions }),
      parent: host.current,
    })
    return () => {
      view.current?.destroy()
      view.current = null
    }
  }, [language, label, isReadOnly])
  useEffect(() => {
    const editor = view.current
    if (editor === null || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  return <div ref={host} className={classes.editor} />
}

const languages = { javascript: () => javascript(), json: () => json() }

function extensionsOf(language: CodeEditorProps['language'], label: string, isReadOnly: boolean) {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    syntaxHighlighting(highlighting),
    languages[language](),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    appearance,
  ]
}

/** Accent and text only: an outcome's colour means an outcome, nothing else. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: 'var(--syntax-keyword)' },
  { tag: [tags.string, tags.number, tags.regexp], color: 'var(--syntax-value)' },
  {
    tag: [tags.function(tags.variableName), tags.propertyName],
    color: 'var(--syntax-name)',
    fontWeight: '600',
  },
  { tag: tags.comment, color: 'var(--syntax-comment)' },
])

const appearance = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--text)', backgroundColor: 'var(--surface-sunken)' },
  '&.cm-focused': { outline: 'none', boxShadow: 'inset 0 0 0 2px var(--accent)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--surface-selected) 45%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 35%, transparent)',
  },
  '.cm-matchingBracket': { outline: '1px solid var(--border-control)', backgroundColor: 'transparent' },
  '.cm-tooltip': { backgroundColor: 'var(--surface-overlay)', border: '1px solid var(--border-strong)' },
})
