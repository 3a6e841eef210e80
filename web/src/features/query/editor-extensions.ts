import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Diagnostic as LintMark } from '@codemirror/lint';
import { type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { call } from '../../lib/api.ts';
import type { QuerySchema, ValidateResult } from '../../lib/api-types.ts';
import { type KqlTokenKind, tokenizeKql } from '../../lib/kql-tokens.ts';
import { kqlOptions } from './completion.ts';
import { type Mark, marksFrom } from './marks.ts';
import { statementAt } from './statement.ts';

const colored: readonly KqlTokenKind[] = ['keyword', 'function', 'string', 'number', 'comment'];
const colorMarks = new Map(colored.map((kind) => [kind, Decoration.mark({ class: `kql-${kind}` })]));

function colors(view: EditorView): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const token of tokenizeKql(view.state.doc.toString())) {
    const mark = colorMarks.get(token.kind);
    if (mark) ranges.push(mark.range(token.from, token.to));
  }
  return Decoration.set(ranges);
}

/** Colours of the whole text; queries are short, so it is tokenised again on every change. */
export const kqlColors = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colors(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = colors(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const completionSource =
  (schema: () => QuerySchema | undefined) =>
  (context: CompletionContext): CompletionResult | null => {
    const known = schema();
    const word = context.matchBefore(/[A-Za-z_$][\w-]*$/);
    if (
      !known ||
      (!word &&
        !context.explicit &&
        !/[|]\s$/.test(context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos)))
    )
      return null;
    const options = kqlOptions(context.state.doc.toString(), context.pos, known);
    if (!options) return null;
    return { from: word?.from ?? context.pos, options: [...options], validFor: /^[\w-]*$/ };
  };

/** Asks the server about the statement at the cursor; silent when it cannot be asked. */
export async function lintSource(view: EditorView): Promise<LintMark[]> {
  const text = view.state.doc.toString();
  const statement = statementAt(text, view.state.selection.main.head);
  if (!statement) return [];
  try {
    const { diagnostics } = await call<ValidateResult>('POST', '/query/validate', {
      body: { query: statement.text },
    });
    return marksFrom(diagnostics, statement.from, statement.text.length).map((mark) => ({ ...mark }));
  } catch {
    return [];
  }
}

export const setMarks = StateEffect.define<readonly Mark[]>();
const errorMark = Decoration.mark({ class: 'kql-run-error' });

/** Underlines what a failed run complained about, until the text changes. */
export const marksOf = () =>
  StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(marks, transaction) {
      for (const effect of transaction.effects) {
        if (!effect.is(setMarks)) continue;
        const ranges = effect.value
          .filter((mark) => mark.to <= transaction.newDoc.length && mark.from < mark.to)
          .map((mark) => errorMark.range(mark.from, mark.to));
        return Decoration.set(ranges, true);
      }
      return transaction.docChanged ? Decoration.none : marks;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
