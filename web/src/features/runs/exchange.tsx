import { Disclosure } from '../../components/disclosure.tsx';
import type { RunDetail } from '../../lib/api-types.ts';

type Trace = RunDetail['requestTraces'][number];

const lines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

/** Headers and body excerpt of one request, as far as they were kept; the server has masked every secret. */
export function Exchange({ trace }: { readonly trace: Trace }) {
  const parts = [
    ['Request headers', lines(trace.requestHeaders)],
    ['Response headers', lines(trace.responseHeaders)],
    ['Start of the answer', trace.excerpt ?? ''],
  ].filter(([, text]) => text !== '');
  if (parts.length === 0) return null;
  return (
    <Disclosure title="Details">
      {parts.map(([title, text]) => (
        <div key={title}>
          <div className="meta">{title}</div>
          <pre className="mono wrap">{text}</pre>
        </div>
      ))}
    </Disclosure>
  );
}
