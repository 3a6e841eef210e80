import type { PagingConfig } from '../../definition/model.ts';
import { pollerError } from '../errors.ts';
import type { PagingStrategy } from './api.ts';
import { nextPageToken } from './next-page-token.ts';
import { none } from './none.ts';
import { offset } from './offset.ts';
import { persistentToken } from './persistent-token.ts';

export const pagingStrategies = {
  None: none,
  Offset: offset,
  NextPageToken: nextPageToken,
  PersistentToken: persistentToken,
} satisfies Record<PagingConfig['type'], PagingStrategy>;

/** The strategy of `config.type`. @throws SluiceError PAGING_CONFIG_INVALID when a field that it needs is missing */
export function pagingStrategy(config: PagingConfig): PagingStrategy {
  const strategy = pagingStrategies[config.type];
  for (const names of strategy.needs) {
    if (names.some((name) => config[name] !== undefined && config[name] !== '')) continue;
    throw pollerError('PAGING_CONFIG_INVALID', `Paging type ${config.type} needs ${names.join(' or ')}`);
  }
  return strategy;
}
