import type { Reply } from '../http.ts';
import { jsonReply } from '../http.ts';

const titles = {
  'ADMIN-400-1': 'Invalid page cursor',
  'ADMIN-400-3': 'Invalid time or date',
  'ADMIN-400-4': 'Invalid resource',
  'ADMIN-400-24': 'Invalid request body',
  'ADMIN-403-3': 'Not allowed to manage the organization',
  'ADMIN-404-1': 'Unknown resource',
  'ADMIN-404-2': 'Organization not found',
  'ADMIN-404-4': 'Event not found',
  'ADMIN-405-1': 'Method not supported',
  'ADMIN-429-1': 'Rate limit exceeded',
  'ADMIN-500-1': 'Internal error',
} as const;

type AdminCode = keyof typeof titles;

/** The admin API's error shape; the status is part of the code. */
export function adminError(
  code: AdminCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const status = code.split('-')[1] ?? '500';
  const error = { id: `sim-${code.toLowerCase()}`, status, code, title: titles[code], detail };
  return jsonReply(Number(status), { errors: [error] }, headers);
}
