import type { BinderFunction } from './library.ts';

/** Functions that the binder does not know, declared so that it can type them. */
export const transformFunctions: readonly BinderFunction[] = [];
