import { lazy, Suspense } from 'react';

const Rendered = lazy(() => import('./markdown-rendered.tsx'));

interface MarkdownProps {
  readonly text: string;
  /** Inside a sentence: no paragraph around it. */
  readonly inline?: boolean;
}

/** Markdown of a definition; the renderer is its own chunk, the bare text stands in until it is there. */
export function Markdown({ text, inline = false }: MarkdownProps) {
  return (
    <Suspense fallback={<span className="muted">{text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')}</span>}>
      <Rendered text={text} inline={inline} />
    </Suspense>
  );
}
