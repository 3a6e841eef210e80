import { Ellipsis } from 'lucide-react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { buttonClass } from './button.tsx';
import s from './menu.module.css';

export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onAction: () => void;
}

/** The `⋯` menu of a row. `name` says whose it is. */
export function RowMenu({
  name,
  actions,
}: {
  readonly name: string;
  readonly actions: readonly MenuAction[];
}) {
  return (
    <MenuTrigger>
      <AriaButton aria-label={name} className={buttonClass({ look: 'quiet', small: true, iconOnly: true })}>
        <Ellipsis size={16} aria-hidden="true" />
      </AriaButton>
      <Popover placement="bottom end" className={s.popover ?? ''}>
        <Menu
          className={s.menu ?? ''}
          aria-label={name}
          disabledKeys={actions.filter((action) => action.disabled).map((action) => action.id)}
        >
          {actions.map((action) => (
            <MenuItem
              key={action.id}
              id={action.id}
              className={`${s.item} ${action.danger ? s.danger : ''}`}
              onAction={action.onAction}
            >
              {action.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
