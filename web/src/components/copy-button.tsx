import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../lib/clipboard.ts';
import { announce, toast } from '../lib/messages.ts';
import { Button } from './button.tsx';

interface CopyButtonProps {
  readonly text: string | (() => string);
  /** Accessible name; shown as text unless `iconOnly`. */
  readonly label: string;
  readonly withText?: boolean;
}

export function CopyButton({ text, label, withText = false }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () =>
    copyText(typeof text === 'string' ? text : text()).then(
      () => {
        setDone(true);
        announce('Copied.');
      },
      () => toast({ kind: 'bad', text: 'The browser refused to copy.' }),
    );
  const icon = done ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />;
  return (
    <Button
      small
      look={withText ? 'plain' : 'quiet'}
      iconOnly={!withText}
      icon={icon}
      aria-label={withText ? undefined : label}
      title={label}
      onClick={copy}
    >
      {withText ? label : null}
    </Button>
  );
}
