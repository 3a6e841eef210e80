import { Markdown } from '../../components/markdown.tsx';
import type { Instruction } from '../../lib/api-types.ts';
import { flattenInstructions } from './form-model.ts';
import { InfoMessage, MarkdownBlock, text } from './instruction-parts.tsx';

/** The texts of a definition's pane, above its fields. */
export function PaneNotes({ source }: { readonly source: Instruction | undefined }) {
  if (!source) return null;
  const descriptions = source.steps
    .map((step) => step.description ?? '')
    .filter((item) => item.trim() !== '');
  const texts = flattenInstructions(source.steps).filter(
    (item) =>
      /^(markdown|infomessage)$/i.test(item.type) &&
      text(item.parameters.content ?? item.parameters.text) !== '',
  );
  return (
    <>
      {descriptions.map((item) => (
        <Markdown key={item} text={item} />
      ))}
      {texts.map((item, index) => {
        const View = item.type.toLowerCase() === 'markdown' ? MarkdownBlock : InfoMessage;
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list whose entries may repeat
        return <View key={index} instruction={item} />;
      })}
    </>
  );
}
