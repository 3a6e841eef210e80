import { type ComponentType, lazy, Suspense } from 'react';

interface MarkdownProps {
  readonly text: string;
  /** Inside a sentence: no paragraph around it. */
  readonly inline?: boolean;
}

let loaded: ComponentType<Required<MarkdownProps>> | undefined;

/** Fetches the renderer, for pages where text that grows after the first paint would move the controls below it. */
export async function preloadMarkdown(): Promise<void> {
  loaded = (await import('./markdown-rendered.tsx')).default;
}

const Rendered = lazy(() => import('./markdown-rendered.tsx'));

/** Markdown of a definition; the renderer is its own chunk, the bare text stands in until it is there. */
export function Markdown({ text, inline = false }: MarkdownProps) {
  if (loaded) {
    const Ready = loaded;
    return <Ready text={text} inline={inline} />;
  }
  return (
    <Suspense fallback={<span className="muted">{text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')}</span>}>
      <Rendered text={text} inline={inline} />
    </Suspense>
  );
}
