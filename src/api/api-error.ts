import { SluiceError } from '../core/errors.ts';
import { type ApiErrorCode, apiErrors } from './errors.ts';

/** A SluiceError with a code of this module; message and hint default to the catalogue. */
export function apiError(
  code: ApiErrorCode,
  message: string = apiErrors[code].summary,
  hint: string = apiErrors[code].hint,
) {
  return new SluiceError({ code, message, hint });
}
