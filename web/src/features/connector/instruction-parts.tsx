import { Plus } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { CopyButton } from '../../components/copy-button.tsx';
import { Field } from '../../components/field.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { Note } from '../../components/note.tsx';
import type { Instruction } from '../../lib/api-types.ts';
import { useMissingRole } from '../../lib/session.ts';
import { ConnectionsGrid } from './connections-grid.tsx';
import { useConnector } from './context.ts';

interface Props {
  readonly instruction: Instruction;
}

export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

export function AddButton({
  label,
  pane,
  primary,
}: {
  readonly label: string;
  readonly pane: number;
  readonly primary: boolean;
}) {
  const { openAdd } = useConnector();
  const missing = useMissingRole('editor');
  return (
    <Button
      look={primary ? 'primary' : 'plain'}
      icon={<Plus size={16} aria-hidden="true" />}
      blocked={missing}
      onClick={() => openAdd(pane)}
    >
      {label}
    </Button>
  );
}

export function PaneButton({ instruction }: Props) {
  const { panes } = useConnector();
  const { label, title } = instruction.parameters;
  return (
    <div className="row">
      <AddButton
        label={text(label) || text(title) || 'Add connection'}
        pane={Math.max(0, panes.indexOf(instruction))}
        primary
      />
    </div>
  );
}

export function ToggleButton({ instruction }: Props) {
  return (
    <div className="row">
      <AddButton
        label={text(instruction.parameters.connectLabel) || text(instruction.parameters.label) || 'Connect'}
        pane={0}
        primary
      />
    </div>
  );
}

export function GridInstruction({ instruction }: Props) {
  const mapping = Array.isArray(instruction.parameters.mapping) ? instruction.parameters.mapping : [];
  const columns = mapping.flatMap((item: unknown) => {
    const { columnName, columnValue } = (item ?? {}) as { columnName?: unknown; columnValue?: unknown };
    return typeof columnName === 'string' && typeof columnValue === 'string'
      ? [{ columnName, columnValue }]
      : [];
  });
  return <ConnectionsGrid mapping={columns} />;
}

/** A field on the page itself: it is asked in the connection form. */
export function AskedField({ instruction }: Props) {
  const { label, name, description } = instruction.parameters;
  return (
    <div>
      <strong>{text(label) || text(name)}</strong> <span className="meta">asked in the connection form</span>
      {description ? <div className="meta">{text(description)}</div> : null}
    </div>
  );
}

export function RadioField({ instruction }: Props) {
  const options = Array.isArray(instruction.parameters.options) ? instruction.parameters.options : [];
  return (
    <div>
      <strong>{text(instruction.parameters.title) || text(instruction.parameters.name)}</strong>{' '}
      <span className="meta">asked in the connection form</span>
      <div className="meta">
        {options
          .map((option: unknown) => text((option as { label?: unknown })?.label))
          .filter(Boolean)
          .join(' · ')}
      </div>
    </div>
  );
}

export const MarkdownBlock = ({ instruction }: Props) => (
  <Markdown text={text(instruction.parameters.content)} />
);
export const EnvMarkdown = ({ instruction }: Props) => (
  <Markdown text={text(instruction.parameters.prodScript) || text(instruction.parameters.govScript)} />
);

export function InfoMessage({ instruction }: Props) {
  return (
    <Note kind={instruction.parameters.inline === false ? 'warn' : 'info'}>
      <Markdown text={text(instruction.parameters.text)} />
    </Note>
  );
}

export function CopyableLabel({ instruction }: Props) {
  const { label, value, fillWith, rows, isMultiLine } = instruction.parameters;
  const fills = Array.isArray(fillWith) ? fillWith.map(text) : [];
  // Every fillWith token is a value of an Azure workspace; the slots stay visible, marked.
  const shown = text(value) || (fills.length > 0 ? 'Not used here' : '');
  const azure = fills.length > 0 ? `Filled with ${fills.join(', ')} in Azure; not used here.` : undefined;
  const height = Number(rows) || (isMultiLine ? 3 : 1);
  return (
    <Field label={text(label) || 'Value'} help={azure}>
      {(control) => (
        <div className={controls.withButton}>
          {height > 1 ? (
            <textarea {...control} readOnly rows={height} value={shown} />
          ) : (
            <input {...control} readOnly value={shown} />
          )}
          <CopyButton text={shown} label={`Copy ${text(label)}`} />
        </div>
      )}
    </Field>
  );
}

export function OAuthForm({ instruction }: Props) {
  const { connectButtonLabel } = instruction.parameters;
  return (
    <div className="stack-s">
      <Note>
        This connector signs in with OAuth. The client id and secret are asked in the connection form; the
        redirect address of Azure is not used here.
      </Note>
      <div className="row">
        <AddButton label={text(connectButtonLabel) || 'Connect'} pane={0} primary />
      </div>
    </div>
  );
}

export function LegacyAuth({ instruction }: Props) {
  const holders = Array.isArray(instruction.parameters.userRequestPlaceHoldersInput)
    ? instruction.parameters.userRequestPlaceHoldersInput
    : [];
  const names = holders
    .map((item: unknown) => text((item as { displayText?: unknown })?.displayText))
    .filter(Boolean);
  return (
    <div className="stack-s">
      <p className="muted">
        Sign-in: {instruction.type}
        {names.length > 0 ? `; also asked: ${names.join(', ')}` : ''}.
      </p>
      <div className="row">
        <AddButton label="Connect" pane={0} primary />
      </div>
    </div>
  );
}

export function AzureOnly({ instruction }: Props) {
  const words = ['title', 'label', 'text', 'content', 'description', 'linkType']
    .map((key) => text(instruction.parameters[key]))
    .filter(Boolean);
  return (
    <Note>
      <strong>This step applies to Azure only</strong> ({instruction.type}).
      {words.length > 0 ? <div className="muted">{words.join(' · ')}</div> : null}
    </Note>
  );
}
