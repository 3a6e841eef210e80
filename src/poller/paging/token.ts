/** What the two token types share. Not a strategy. */
import type { PagingConfig } from '../../definition/model.ts';
import type { PageRequest, PageView, Scalar } from './api.ts';

export interface Token {
  readonly text: string;
  /** As it goes into a JSON body: numbers stay numbers while they fit. */
  readonly value: Scalar;
}

/** The page's token from body or header; null, empty and missing are no token (spec CCF §3.4). */
export function readToken(page: PageView, config: PagingConfig): Token | undefined {
  if (config.nextPageTokenJsonPath !== undefined) {
    const found = page.scalar(config.nextPageTokenJsonPath);
    if (!found || found.kind === 'null' || found.text === '') return undefined;
    const number =
      found.kind === 'number' &&
      Number.isSafeInteger(Number(found.text)) &&
      String(Number(found.text)) === found.text;
    return { text: found.text, value: number ? Number(found.text) : found.text };
  }
  const header =
    config.nextPageTokenResponseHeader === undefined
      ? undefined
      : page.header(config.nextPageTokenResponseHeader);
  return header === undefined || header === '' ? undefined : { text: header, value: header };
}

/** True unless a flag is configured and is missing or says no (spec CCF §3.4). */
export function hasNext(page: PageView, config: PagingConfig): boolean {
  if (config.hasNextFlagJsonPath === undefined) return true;
  const flag = page.scalar(config.hasNextFlagJsonPath);
  if (!flag) return false;
  if (flag.kind === 'number') return Number(flag.text) !== 0;
  return /^(?:true|1|y|yes)$/i.test(flag.text.trim());
}

export function tokenRequest(token: Scalar, config: PagingConfig): PageRequest {
  return {
    params: config.nextPageParaName === undefined ? {} : { [config.nextPageParaName]: token },
    headers:
      config.nextPageRequestHeader === undefined ? {} : { [config.nextPageRequestHeader]: String(token) },
    continuation: true,
  };
}

export const tokenNeeds: readonly (readonly (keyof PagingConfig)[])[] = [
  ['nextPageTokenJsonPath', 'nextPageTokenResponseHeader'],
  ['nextPageParaName', 'nextPageRequestHeader'],
];
