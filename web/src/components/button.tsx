import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import s from './controls.module.css';

export interface ButtonLook {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  readonly iconOnly?: boolean;
}

/** Class names of a button; links that act as buttons use them too. */
export function buttonClass({ look = 'plain', small = false, iconOnly = false }: ButtonLook): string {
  const classes = [s.button];
  if (look !== 'plain') classes.push(s[look]);
  if (small) classes.push(s.small);
  if (iconOnly) classes.push(s.icon);
  return classes.join(' ');
}

interface ButtonProps extends ButtonLook, Omit<ComponentProps<'button'>, 'disabled'> {
  readonly icon?: ReactNode;
  /** Why it cannot be used now; it stays focusable and says so. */
  readonly blocked?: string | undefined;
  readonly busy?: boolean;
}

/** A button. With `blocked` it keeps its place and tells the reason (ui.md §3.1). */
export function Button({
  look,
  small,
  iconOnly,
  icon,
  blocked,
  busy,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const reason = useId();
  const inert = blocked !== undefined || busy === true;
  return (
    <>
      <button
        type="button"
        {...rest}
        className={`${buttonClass({ look, small, iconOnly })} ${className ?? ''}`}
        onClick={(event) => (inert ? event.preventDefault() : onClick?.(event))}
        aria-disabled={inert || undefined}
        aria-describedby={blocked ? reason : rest['aria-describedby']}
        title={blocked ?? rest.title}
      >
        {icon}
        {children}
      </button>
      {blocked ? (
        <span id={reason} hidden>
          {blocked}
        </span>
      ) : null}
    </>
  );
}
