import { tokenizeKql } from '../lib/kql-tokens.ts';
import s from './kql-code.module.css';

/** KQL with colours, not editable. */
export function KqlCode({ text }: { readonly text: string }) {
  const parts: { key: number; text: string; kind?: string }[] = [];
  let at = 0;
  for (const token of tokenizeKql(text)) {
    if (token.from > at) parts.push({ key: at, text: text.slice(at, token.from) });
    parts.push({ key: token.from, text: text.slice(token.from, token.to), kind: token.kind });
    at = token.to;
  }
  if (at < text.length) parts.push({ key: at, text: text.slice(at) });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the block must be reachable by keyboard
    <pre className={s.code} tabIndex={0}>
      <code>
        {parts.map((part) =>
          part.kind ? (
            <span key={part.key} className={s[part.kind]}>
              {part.text}
            </span>
          ) : (
            part.text
          ),
        )}
      </code>
    </pre>
  );
}
