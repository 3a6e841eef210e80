import type { ComponentType } from 'react';
import { Disclosure } from '../../components/disclosure.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { Note } from '../../components/note.tsx';
import type { Instruction, InstructionStep } from '../../lib/api-types.ts';
import s from './connector.module.css';
import {
  AskedField,
  AzureOnly,
  CopyableLabel,
  EnvMarkdown,
  GridInstruction,
  InfoMessage,
  LegacyAuth,
  MarkdownBlock,
  OAuthForm,
  PaneButton,
  RadioField,
  ToggleButton,
  text,
} from './instruction-parts.tsx';

export interface InstructionProps {
  readonly instruction: Instruction;
}

/** How each instruction type of the framework is drawn; names are compared without case. */
const renderers: Readonly<Record<string, ComponentType<InstructionProps>>> = {
  apikey: LegacyAuth,
  basicauth: LegacyAuth,
  connectiontogglebutton: ToggleButton,
  contextpane: PaneButton,
  copyablelabel: CopyableLabel,
  dataconnectorscontextpane: PaneButton,
  dataconnectorsgrid: GridInstruction,
  dropdown: AskedField,
  infomessage: InfoMessage,
  instructionstepsgroup: StepsGroup,
  markdown: MarkdownBlock,
  markdowncontrolenvbased: EnvMarkdown,
  oauth2: LegacyAuth,
  oauthform: OAuthForm,
  radio: RadioField,
  textbox: AskedField,
};

/** Types that mean something only inside Azure: shown as a labelled note. */
const azureOnly =
  /^(installagent|deploypushconnectorbutton.*|policyassignment|sentinelresourceprovider|omssolutions|omsdatasource|msg|awss3|aws.*|gcpgrid|gcpcontextpane|serviceprincipalidtextbox.*|adaptivecard|filterhuntingqueries|analyticrules|m365.*|microsoft.*)$/;

function Unknown({ instruction }: InstructionProps) {
  return (
    <div className="stack-s">
      <Note kind="warn">
        Step type ‘{instruction.type}’ is not known here. Its text is shown as published.
      </Note>
      <Disclosure title="Show the step">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
        <pre className={s.raw} tabIndex={0}>
          {JSON.stringify({ type: instruction.type, parameters: instruction.parameters }, null, 2)}
        </pre>
      </Disclosure>
    </div>
  );
}

export function InstructionView({ instruction }: InstructionProps) {
  const type = instruction.type.toLowerCase();
  const Renderer = renderers[type] ?? (azureOnly.test(type) ? AzureOnly : Unknown);
  return <Renderer instruction={instruction} />;
}

function StepsGroup({ instruction }: InstructionProps) {
  const { title, description, canCollapseAllSections, expanded } = instruction.parameters;
  const isOn = (value: unknown) => value === true || value === 'true' || value === '1' || value === 1;
  const content = (
    <div className={s.step}>
      {description ? <Markdown text={text(description)} /> : null}
      <Steps steps={instruction.steps} level={4} />
    </div>
  );
  if (isOn(canCollapseAllSections))
    return (
      <Disclosure title={text(title) || 'More steps'} open={isOn(expanded)}>
        {content}
      </Disclosure>
    );
  return (
    <section className={s.step}>
      {title ? <h4>{text(title)}</h4> : null}
      {content}
    </section>
  );
}

interface StepsProps {
  readonly steps: readonly InstructionStep[];
  readonly level: 3 | 4;
}

export function Steps({ steps, level }: StepsProps) {
  const Heading = level === 3 ? 'h3' : 'h4';
  return (
    <>
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other identity, and the list is fixed
        <div key={index} className={s.step}>
          {step.title ? <Heading>{step.title}</Heading> : null}
          {step.description?.trim() ? <Markdown text={step.description} /> : null}
          {(step.instructions ?? []).map((instruction, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <InstructionView key={place} instruction={instruction} />
          ))}
          {(step.innerSteps ?? []).length > 0 ? <Steps steps={step.innerSteps} level={4} /> : null}
        </div>
      ))}
    </>
  );
}
