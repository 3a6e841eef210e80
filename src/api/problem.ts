import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Diagnostic } from '../core/diagnostics.ts';
import { isSluiceError, type SluiceError } from '../core/errors.ts';
import { type ApiErrorCode, apiErrors } from './errors.ts';
import type { DiagnosticDto, Problem } from './schemas.ts';
import { statusOf, titleOf } from './status-codes.ts';

export type ProblemBody = z.output<typeof Problem>;

interface Extras {
  readonly hint?: string | undefined;
  readonly status?: number;
  readonly errors?: ProblemBody['errors'];
  readonly diagnostics?: ProblemBody['diagnostics'];
}

function problem(code: string, detail: string, requestId: string, extras: Extras = {}): ProblemBody {
  const status = extras.status ?? statusOf(code);
  return {
    type: `urn:sluice:error:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(status),
    status,
    code,
    detail,
    ...(extras.hint === undefined ? {} : { hint: extras.hint }),
    requestId,
    ...(extras.errors === undefined ? {} : { errors: extras.errors }),
    ...(extras.diagnostics === undefined ? {} : { diagnostics: extras.diagnostics }),
  };
}

/** Findings that an error carries, when its class has a `diagnostics` list. */
function diagnosticsOf(error: SluiceError): readonly Diagnostic[] | undefined {
  const list: unknown = 'diagnostics' in error ? error.diagnostics : undefined;
  if (Array.isArray(list) && list.length > 0) return list as Diagnostic[];
  if (error.place === undefined) return undefined;
  return [
    {
      code: error.code,
      severity: 'error',
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      place: error.place,
    },
  ];
}

/** Diagnostics as the API spells them (mutable copies, nothing but the declared fields). */
export function toDiagnosticDtos(list: readonly Diagnostic[]): z.output<typeof DiagnosticDto>[] {
  return list.map(({ code, severity, message, hint, place }) => ({
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place: { ...place } }),
  }));
}

/** Errors of Fastify itself, by its codes. Everything not listed with a 4xx status is BAD_REQUEST. */
const frameworkCodes: Readonly<Record<string, ApiErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY_MALFORMED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_MALFORMED',
  FST_ERR_HANDLER_TIMEOUT: 'REQUEST_TIMEOUT',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
};

function ofFramework(error: unknown): ApiErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = frameworkCodes[code];
  if (known) return known;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (error instanceof SyntaxError && status === 400) return 'BODY_MALFORMED';
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : undefined;
}

function ofValidation(error: unknown, requestId: string): ProblemBody | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined;
  const where = error.validationContext ?? 'body';
  const errors = error.validation.map((issue) => ({
    pointer: where === 'body' ? issue.instancePath.replace(/^\/$/, '') : `/${where}${issue.instancePath}`,
    code: issue.keyword.toUpperCase(),
    message: issue.message ?? 'is not valid',
  }));
  const detail = errors.map((e) => `${e.pointer || 'body'}: ${e.message}`).join('; ');
  return problem('VALIDATION_FAILED', detail, requestId, { hint: apiErrors.VALIDATION_FAILED.hint, errors });
}

/**
 * The one mapping from whatever was thrown to RFC 9457 problem+json.
 * Anything that is neither ours nor the framework's becomes INTERNAL without a word of its text:
 * an unexpected message may hold secrets.
 */
export function toProblem(error: unknown, requestId: string): ProblemBody {
  if (isSluiceError(error)) {
    const found = diagnosticsOf(error);
    return problem(error.code, error.message, requestId, {
      hint: error.hint,
      status: statusOf(error.code, error.retryable),
      diagnostics: found && toDiagnosticDtos(found),
    });
  }
  const invalid = ofValidation(error, requestId);
  if (invalid) return invalid;
  const code = ofFramework(error) ?? 'INTERNAL';
  return problem(code, apiErrors[code].summary, requestId, { hint: apiErrors[code].hint });
}
