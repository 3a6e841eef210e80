import type { JsonScalar } from '../../core/json-slice.ts';
import type { PagingConfig } from '../../definition/model.ts';

export type Scalar = string | number | boolean;

/** What a page request adds to the configured request. */
export interface PageRequest {
  readonly params: Readonly<Record<string, Scalar>>;
  readonly headers: Readonly<Record<string, string>>;
  /** False for a first page: `pagingQueryParamOnly` concerns the others. */
  readonly continuation: boolean;
}

/** A page as a strategy sees it. */
export interface PageView {
  /** Events received, before anything is dropped. */
  readonly rows: number;
  /** First match of a JSON path in the raw response. */
  scalar(path: string): JsonScalar | undefined;
  /** Response header, any case. */
  header(name: string): string | undefined;
}

/** Carried from page to page of one read; a plain value, strategies keep nothing themselves. */
export interface PagingState {
  /** Pages and events before the page at hand. */
  readonly pages: number;
  readonly received: number;
  /** Token that the page at hand was asked with; after the last page, the newest token known. */
  readonly token: string | undefined;
  /** A short first page: the server may give fewer rows than asked for, so only an empty page ends the read. */
  readonly clamped: boolean;
}

/** Why a read has no further page. */
export type PagingEnd =
  | 'single-request'
  | 'empty-page'
  | 'short-page'
  | 'no-token'
  | 'flag-false'
  | 'repeated-token'
  | 'repeated-page';

export type PagingStep =
  | { readonly kind: 'next'; readonly request: PageRequest; readonly state: PagingState }
  | { readonly kind: 'end'; readonly reason: PagingEnd; readonly state: PagingState };

export interface PagingStrategy {
  readonly name: PagingConfig['type'];
  readonly summary: string;
  /** True when rows can move between pages while they are read, so that a read of several pages must be verified. */
  readonly unstable: boolean;
  /** True when the token is stored and the next poll begins with it. */
  readonly persistent: boolean;
  /** Fields of the paging block that must be there; any one of an inner list. */
  readonly needs: readonly (readonly (keyof PagingConfig)[])[];
  /** @param cursor stored token, persistent types only */
  first(
    config: PagingConfig,
    cursor?: string,
  ): { readonly request: PageRequest; readonly state: PagingState };
  next(input: {
    readonly page: PageView;
    readonly state: PagingState;
    readonly config: PagingConfig;
  }): PagingStep;
}

export const firstRequest: PageRequest = { params: {}, headers: {}, continuation: false };
export const firstState: PagingState = { pages: 0, received: 0, token: undefined, clamped: false };
