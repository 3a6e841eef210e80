import type { CompileRequest, CompileResult } from '../api.ts';

/** What the client sends to the compiler process. */
export type ServiceRequest =
  | { readonly id: number; readonly kind: 'compile'; readonly request: CompileRequest }
  | { readonly id: number; readonly kind: 'complete'; readonly request: CompletionRequest };

export interface CompletionRequest {
  readonly text: string;
  /** Zero-based offset of the caret. */
  readonly position: number;
  readonly tables: CompileRequest['tables'];
}

/** What it answers, with the id of the request. */
export type ServiceResponse =
  | { readonly id: number; readonly kind: 'compiled'; readonly result: CompileResult }
  | { readonly id: number; readonly kind: 'completed'; readonly items: readonly string[] }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
