import { CircleCheck, CircleX, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { Markdown } from '../../components/markdown.tsx';
import { useMissingRole } from '../../lib/session.ts';
import { ConnectionsGrid } from './connections-grid.tsx';
import s from './connector.module.css';
import { useConnector } from './context.ts';
import { flattenInstructions } from './form-model.ts';
import { AddButton } from './instruction-parts.tsx';
import { Steps } from './instructions.tsx';

/** Prerequisites, then the definition's own steps in order; the connections table is added when the definition has none. */
export function InstructionsTab() {
  const { definition } = useConnector();
  const types = new Set(
    flattenInstructions(definition.instructionSteps).map((instruction) => instruction.type.toLowerCase()),
  );
  const hasGrid = types.has('dataconnectorsgrid');
  const hasButton = [...types].some((type) =>
    /contextpane$|^connectiontogglebutton$|^oauthform$|^basicauth$|^apikey$|^oauth2$/.test(type),
  );
  return (
    <>
      <Prerequisites />
      <section className={s.section} aria-labelledby="configuration-title">
        <h2 id="configuration-title">Configuration</h2>
        <Steps steps={definition.instructionSteps} level={3} />
        {hasGrid ? null : (
          <div className={s.step}>
            <h3>Connections</h3>
            <ConnectionsGrid mapping={[]} />
          </div>
        )}
        {hasButton ? null : (
          <div className="row">
            <AddButton label="Add connection" pane={0} primary />
          </div>
        )}
      </section>
    </>
  );
}

function Item({ state, children }: { readonly state: 'yes' | 'no' | 'info'; readonly children: ReactNode }) {
  const icon = {
    yes: <CircleCheck size={16} className={s.yes} aria-label="Met:" />,
    no: <CircleX size={16} className={s.no} aria-label="Not met:" />,
    info: <Info size={16} className="muted" aria-hidden="true" />,
  }[state];
  return (
    <li>
      {icon}
      <div className="grow">{children}</div>
    </li>
  );
}

function Prerequisites() {
  const { permissions } = useConnector().definition;
  const missing = useMissingRole('editor');
  const uncheckable = [
    ...permissions.licenses.map((name) => `Licence: ${name}`),
    ...permissions.tenant.map((name) => `Tenant role: ${name}`),
  ];
  const count = permissions.resourceProvider.length + permissions.customs.length + uncheckable.length;
  if (count === 0) return null;
  return (
    <section className={s.section} aria-labelledby="prerequisites-title">
      <h2 id="prerequisites-title">Prerequisites</h2>
      <ul className={s.prereqs}>
        {permissions.resourceProvider.map((item) => {
          const ours = item.scope === 'Workspace';
          return (
            <Item key={item.provider + item.scope} state={ours ? (missing ? 'no' : 'yes') : 'info'}>
              <strong>{item.providerDisplayName}</strong>:{' '}
              <Markdown inline text={item.permissionsDisplayText} />
              <div className="meta">
                {ours ? (missing ?? 'You have the editor role or more.') : 'Azure only, not needed here.'}
              </div>
            </Item>
          );
        })}
        {permissions.customs.map((item) => (
          <Item key={item.name} state="info">
            <strong>{item.name}</strong>: <Markdown inline text={item.description} />
          </Item>
        ))}
        {uncheckable.map((text) => (
          <Item key={text} state="info">
            {text} <span className="meta">cannot be checked here</span>
          </Item>
        ))}
      </ul>
    </section>
  );
}
