import { Note } from '../../components/note.tsx';
import type { Diagnostic } from '../../lib/api-types.ts';
import s from './query.module.css';

interface QueryErrorsProps {
  readonly diagnostics: readonly Diagnostic[];
  readonly statement: string;
  readonly offset: number;
  readonly onJump: (position: number) => void;
}

const kinds = { error: 'bad', warning: 'warn', info: 'info' } as const;

/** What the compiler said, each with a way to its place in the text. */
export function QueryErrors({ diagnostics, statement, offset, onJump }: QueryErrorsProps) {
  return (
    <ul className="stack-s">
      {diagnostics.map((item, index) => {
        const start = item.place?.start;
        const excerpt = start === undefined ? '' : statement.slice(start, item.place?.end ?? start + 1);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list whose entries may repeat
          <li key={index}>
            <Note
              kind={kinds[item.severity]}
              role={index === 0 && item.severity === 'error' ? 'alert' : undefined}
            >
              <div>{item.message}</div>
              {item.hint ? <div>{item.hint}</div> : null}
              <div className="row meta">
                <code>{item.code}</code>
                {excerpt ? (
                  <code className={s.excerpt}>
                    {excerpt.length > 80 ? `${excerpt.slice(0, 80)}…` : excerpt}
                  </code>
                ) : null}
                {start === undefined ? null : (
                  <button type="button" className={s.jump} onClick={() => onJump(offset + start)}>
                    Go to line {statement.slice(0, start).split('\n').length}, column{' '}
                    {start - statement.lastIndexOf('\n', start - 1)}
                  </button>
                )}
              </div>
            </Note>
          </li>
        );
      })}
    </ul>
  );
}
