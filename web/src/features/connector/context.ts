import { createContext, useContext } from 'react';
import type { Connection, DefinitionDetail, Instruction } from '../../lib/api-types.ts';

/** What the instruction renderers need to know of their page. */
export interface ConnectorView {
  readonly definition: DefinitionDetail;
  readonly connections: readonly Connection[];
  readonly panes: readonly Instruction[];
  openAdd(pane: number): void;
  openEdit(connectionId: string): void;
}

const Context = createContext<ConnectorView | undefined>(undefined);
export const ConnectorProvider = Context.Provider;

export function useConnector(): ConnectorView {
  const view = useContext(Context);
  if (!view) throw new Error('useConnector needs a ConnectorProvider above it');
  return view;
}
