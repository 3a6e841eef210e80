import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { CopyButton } from '../../components/copy-button.tsx';
import { Page } from '../../components/page.tsx';
import { now } from '../../lib/clock.ts';
import { formatCount } from '../../lib/format.ts';
import { filtersTime } from '../../lib/kql-tokens.ts';
import { toast } from '../../lib/messages.ts';
import { schemaQuery } from '../../lib/queries.ts';
import { defaultRange, resolveRange, setInQuery, type TimeRange } from '../../lib/time-range.ts';
import { cliCommand } from './cli-command.ts';
import { Editor, type EditorHandle } from './editor.tsx';
import { remember } from './history.ts';
import { marksFrom } from './marks.ts';
import s from './query.module.css';
import { RangePicker } from './range-picker.tsx';
import { Results } from './results.tsx';
import { SidePanel } from './side-panel.tsx';
import { statementAt } from './statement.ts';
import { useQueryRun } from './use-query-run.ts';

const limits = [1000, 10_000, 100_000];
const URL_DELAY_MS = 700;

export function QueryPage() {
  const search = useSearch({ from: '/frame/query' });
  const navigate = useNavigate();
  const schema = useQuery(schemaQuery);
  const editor = useRef<EditorHandle>(null);
  const [text, setText] = useState(search.q ?? '');
  const [limit, setLimit] = useState(10_000);
  const [offset, setOffset] = useState(0);
  const { state, run, cancel } = useQueryRun();
  const range: TimeRange = search.from
    ? { from: search.from, ...(search.to ? { to: search.to } : {}) }
    : defaultRange;
  const overruled = filtersTime(text);

  const setUrl = (q: string, next: TimeRange) =>
    void navigate({
      to: '/query',
      search: { ...(q ? { q } : {}), from: next.from, ...(next.to ? { to: next.to } : {}) },
      replace: true,
      resetScroll: false,
    });

  const start = async (source: string, nextRange = range) => {
    const selected = editor.current?.selection();
    const statement = selected
      ? { text: selected.text, from: selected.from }
      : statementAt(source, editor.current?.cursor() ?? 0);
    if (!statement || statement.text.trim() === '') return;
    const own = filtersTime(statement.text) ? { from: setInQuery } : nextRange;
    let resolved: ReturnType<typeof resolveRange>;
    try {
      resolved = resolveRange(own, now());
    } catch (error) {
      toast({ kind: 'bad', text: error instanceof Error ? error.message : String(error) });
      return;
    }
    setUrl(source, nextRange);
    remember(statement.text);
    setOffset(statement.from);
    editor.current?.showMarks([]);
    const end = await run(statement.text, resolved, limit);
    const found = end.error?.problem.diagnostics ?? [];
    if (found.length > 0) editor.current?.showMarks(marksFrom(found, statement.from, statement.text.length));
  };
  const runNow = () => void start(editor.current?.text() ?? text);

  const commandText = () => {
    const statement = statementAt(text, editor.current?.cursor() ?? 0)?.text ?? text;
    return cliCommand(statement, resolveRange(filtersTime(statement) ? { from: setInQuery } : range, now()));
  };

  // A link with run=1 (sample queries) runs at once; the parameter then leaves the address, so that a reload does the same as a copy.
  const wanted = useRef(search.run === '1');
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, after the editor is there
  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    void start(search.q ?? '');
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the text only
  useEffect(() => {
    if (text === (search.q ?? '')) return;
    const timer = setTimeout(() => setUrl(text, range), URL_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const running = state.phase === 'running';
  return (
    <Page title="Query" wide>
      <div className={s.columns}>
        <SidePanel
          schema={schema}
          onInsert={(name) => editor.current?.insert(name)}
          onPick={(query) => editor.current?.replace(query)}
        />
        <div className={s.main}>
          <div className={s.toolbar}>
            {running ? (
              <Button look="primary" icon={<Square size={14} aria-hidden="true" />} onClick={cancel}>
                Stop
              </Button>
            ) : (
              <Button
                look="primary"
                icon={<Play size={14} aria-hidden="true" />}
                onClick={runNow}
                title="Shift+Enter or Ctrl+Enter"
              >
                Run
              </Button>
            )}
            <RangePicker range={range} overruled={overruled} onChange={(next) => setUrl(text, next)} />
            <select
              className={`${controls.input} ${s.auto}`}
              aria-label="Row limit"
              value={limit}
              onChange={(event) => setLimit(Number(event.target.value))}
            >
              {limits.map((value) => (
                <option key={value} value={value}>
                  {formatCount(value)} rows
                </option>
              ))}
            </select>
            <span className="grow" />
            <CopyButton withText label="Copy as CLI command" text={commandText} />
          </div>
          <div className={s.editorBox}>
            <Editor
              handle={editor}
              initial={search.q ?? ''}
              schema={() => schema.data}
              onChange={setText}
              onRun={runNow}
            />
            <div id="editor-hint" className={s.hint}>
              Shift+Enter runs the statement at the cursor · Ctrl+Space completes · Escape then Tab leaves the
              editor
            </div>
          </div>
          <Results
            state={state}
            offset={offset}
            range={range}
            onJump={(position) => editor.current?.jump(position)}
            onWiden={() => {
              setUrl(text, { from: '-7d' });
              void start(text, { from: '-7d' });
            }}
          />
        </div>
      </div>
    </Page>
  );
}
