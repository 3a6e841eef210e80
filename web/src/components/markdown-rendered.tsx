import { ExternalLink } from 'lucide-react';
import ReactMarkdown, { type Components } from 'react-markdown';
import { safeHref } from '../lib/markdown-links.ts';
import s from './markdown.module.css';

const allowed = [
  'p',
  'a',
  'strong',
  'em',
  'code',
  'pre',
  'ul',
  'ol',
  'li',
  'h3',
  'h4',
  'h5',
  'h6',
  'blockquote',
  'br',
  'hr',
];

const link: Components['a'] = ({ href, children }) => {
  const safe = safeHref(href);
  if (!safe) return <span>{children}</span>;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      <ExternalLink size={12} aria-hidden="true" className={s.external} />
      <span className="visually-hidden"> (opens in new tab)</span>
    </a>
  );
};

const blockComponents: Components = { a: link };
const inlineComponents: Components = { a: link, p: ({ children }) => <>{children}</> };

/** React elements from an allow-list; raw HTML and images are left out, unsafe links are drawn as text (ui.md §11). */
export default function RenderedMarkdown({
  text,
  inline,
}: {
  readonly text: string;
  readonly inline: boolean;
}) {
  const content = (
    <ReactMarkdown
      skipHtml
      allowedElements={allowed}
      unwrapDisallowed
      urlTransform={(url) => url}
      components={inline ? inlineComponents : blockComponents}
    >
      {text}
    </ReactMarkdown>
  );
  return inline ? content : <div className={s.markdown}>{content}</div>;
}
