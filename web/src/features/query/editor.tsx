import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { linter, lintKeymap } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { QuerySchema } from '../../lib/api-types.ts';
import { cspNonce } from '../../lib/nonce.ts';
import s from './editor.module.css';
import { completionSource, kqlColors, lintSource, marksOf, setMarks } from './editor-extensions.ts';
import type { Mark } from './marks.ts';

export interface EditorHandle {
  text(): string;
  /** Selected text with its offset, or undefined. */
  selection(): { text: string; from: number } | undefined;
  cursor(): number;
  replace(text: string): void;
  insert(text: string): void;
  jump(position: number): void;
  showMarks(marks: readonly Mark[]): void;
}

interface EditorProps {
  readonly initial: string;
  readonly schema: () => QuerySchema | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly handle: Ref<EditorHandle>;
}

/** Keyboard: Shift+Enter and Ctrl+Enter run; Escape then Tab leaves. Tab indents otherwise. */
function runKeys(onRun: () => void) {
  let leaving = false;
  const run = () => {
    onRun();
    return true;
  };
  return [
    EditorView.domEventHandlers({
      keydown(event) {
        if (event.key === 'Escape') leaving = true;
        else if (event.key === 'Tab' && leaving) {
          leaving = false;
          event.stopImmediatePropagation();
          return true;
        } else if (event.key !== 'Shift') leaving = false;
        return false;
      },
      focus() {
        leaving = false;
        return false;
      },
    }),
    keymap.of([
      { key: 'Shift-Enter', run },
      { key: 'Mod-Enter', run },
      {
        key: 'Tab',
        run: (view) => !leaving && (acceptCompletion(view) || indentMore(view)),
        shift: (view) => !leaving && indentLess(view),
      },
    ]),
  ];
}

/** CodeMirror with KQL colours, completion and marks. Uncontrolled: `initial` counts once, later texts go through the handle. */
export function Editor({ initial, schema, onChange, onRun, handle }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const calls = useRef({ schema, onChange, onRun });
  calls.current = { schema, onChange, onRun };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(cspNonce()),
          runKeys(() => calls.current.onRun()),
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          search({ top: true }),
          autocompletion({ override: [completionSource(() => calls.current.schema())], icons: false }),
          linter(lintSource, { delay: 500 }),
          marksOf(),
          kqlColors,
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...lintKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': 'Query text',
            'aria-describedby': 'editor-hint',
            spellcheck: 'false',
          }),
          EditorView.updateListener.of(
            (update) => update.docChanged && calls.current.onChange(update.state.doc.toString()),
          ),
        ],
      }),
    });
    view.current = editor;
    editor.focus();
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, []);
  useImperativeHandle(handle, () => ({
    text: () => view.current?.state.doc.toString() ?? '',
    cursor: () => view.current?.state.selection.main.head ?? 0,
    selection() {
      const state = view.current?.state;
      const range = state?.selection.main;
      return state && range && !range.empty
        ? { text: state.sliceDoc(range.from, range.to), from: range.from }
        : undefined;
    },
    replace(text) {
      const editor = view.current;
      editor?.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
    },
    insert(text) {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text));
      editor.focus();
    },
    jump(position) {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch({
        selection: { anchor: Math.min(position, editor.state.doc.length) },
        scrollIntoView: true,
      });
      editor.focus();
    },
    showMarks: (marks) => view.current?.dispatch({ effects: setMarks.of(marks) }),
  }));
  return <div ref={host} className={s.editor} data-testid="query.editor" />;
}
