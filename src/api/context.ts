import type { Readable } from 'node:stream';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { Problem } from './schemas.ts';
import type { AppServices } from './services.ts';

/** The server with routes typed from zod schemas. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface RouteContext {
  readonly services: AppServices;
  readonly clock: Clock;
  /** Aborted when the server closes; long answers end then. */
  readonly closing: AbortSignal;
  /** True: `/metrics` asks for a sign-in from this machine too. */
  readonly metricsNeedSignIn: boolean;
}

export type Routes = (app: ApiApp, context: RouteContext) => void;

export const base = '/api/v1';
/** `{id}:verb` addresses: the parameter stops at the colon, so that a verb is never part of a name. */
export const actionPath = (resource: string, verb: string) => `${base}/${resource}/:id(^[^:/]+)::${verb}`;

export const IdParams = z.object({ id: z.string().min(1).max(300) });
export const Limit = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(50) });
/** `?flag`, `?flag=true`, `?flag=1` are true; absent, `false`, `0` are false. */
export const Flag = z.enum(['', 'true', 'false', '1', '0']).optional();
export const flagOf = (value: z.output<typeof Flag>) => value === '' || value === 'true' || value === '1';
export const itemsOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

/** An answer without a body. */
export const Nothing = z.null().describe('No content');
const problemResponse = {
  description: 'Problem (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
};
export const problems = { '4xx': problemResponse, '5xx': problemResponse } as const;

/** Bodies that carry whole definition packages. */
export const packageBodyLimit = 32 * 1024 * 1024;

/** Text or a stream that is sent as it is; the schema of such an answer is documentation only. */
export function sendRaw(reply: FastifyReply, contentType: string, payload: string | Readable): FastifyReply {
  return reply.type(contentType).send(payload);
}
/** Documents an answer that is sent by `sendRaw`. */
export const rawAnswer = (contentType: string, description: string) => ({
  200: { description, content: { [contentType]: { schema: z.string() } } },
});
