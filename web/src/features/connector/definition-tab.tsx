import { CopyButton } from '../../components/copy-button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { Note } from '../../components/note.tsx';
import type { Diagnostic } from '../../lib/api-types.ts';
import s from './connector.module.css';
import { useConnector } from './context.ts';

const kinds = { error: 'bad', warning: 'warn', info: 'info' } as const;

function placeText({ place }: Diagnostic): string {
  if (!place) return '';
  const line =
    place.line === undefined ? '' : `:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
  return [`${place.file ?? ''}${line}`, place.path ?? ''].filter(Boolean).join(' · ');
}

/** The files as read, and what the loader had to say about them. */
export function DefinitionTab() {
  const { definition } = useConnector();
  return (
    <div className="stack">
      <section aria-labelledby="notes-title" className="stack-s">
        <h2 id="notes-title">Notes from loading</h2>
        {definition.diagnostics.length === 0 ? <p className="muted">Nothing to report.</p> : null}
        <ul className={s.diagnostics}>
          {definition.diagnostics.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list whose entries may repeat
            <li key={index}>
              <Note kind={kinds[item.severity]}>
                <div>{item.message}</div>
                {item.hint ? <div>{item.hint}</div> : null}
                <div className="meta wrap">
                  <code>{item.code}</code> {placeText(item)}
                </div>
              </Note>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="files-title">
        <h2 id="files-title">Files</h2>
        {definition.files.map((file) => (
          <Disclosure key={file.file} title={file.file}>
            <div className="stack-s">
              <div className="row">
                <CopyButton text={file.text} label={`Copy ${file.file}`} withText />
              </div>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long files scroll, so the block must be reachable by keyboard */}
              <pre className={s.raw} tabIndex={0}>
                {file.text}
              </pre>
            </div>
          </Disclosure>
        ))}
      </section>
    </div>
  );
}
