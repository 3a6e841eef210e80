/** Causes by error code, the specific ones first. The last of each code always matches. */
import * as address from './address.ts';
import * as answers from './answers.ts';
import type { Cause } from './api.ts';
import * as credentials from './credentials.ts';
import * as network from './network.ts';
import * as paging from './paging.ts';
import * as requests from './requests.ts';
import * as service from './service.ts';

export const explanations = {
  AUTH_REFUSED: [
    credentials.addressNotAllowed,
    credentials.planMissing,
    credentials.permissionMissing,
    credentials.credentialExpired,
    credentials.schemeMismatch,
    credentials.wrongCredential,
  ],
  HTTP_NOT_FOUND: [address.gone, address.wrongPath],
  HTTP_URL_INVALID: [address.invalidUrl],
  HTTP_ADDRESS_REFUSED: [address.refusedAddress],
  HTTP_CA_FILE: [network.caFile],
  RESPONSE_REDIRECT: [address.redirectToLogin, address.redirectElsewhere],
  RESPONSE_HTML: [address.challengePage, address.loginPage, address.otherPage],
  HTTP_UNREACHABLE: [
    network.nameUnknown,
    network.connectionRefused,
    network.connectionBroken,
    network.noRoute,
  ],
  HTTP_TLS: [
    network.certificateExpired,
    network.certificateHost,
    network.certificateUnknown,
    network.notTls,
    network.tlsFailed,
  ],
  HTTP_TIMEOUT: [network.tooSlow],
  HTTP_STATUS: [
    service.serviceFault,
    credentials.planMissing,
    service.badTime,
    service.badPaging,
    service.badParameter,
    service.wrongMethod,
    service.wrongContent,
    service.proxyCredential,
    service.requestTooLarge,
    address.gone,
    service.otherStatus,
  ],
  THROTTLED: [service.throttled],
  RESPONSE_TRUNCATED: [answers.truncatedBody],
  RESPONSE_TOO_LARGE: [answers.tooLarge],
  RESPONSE_ENCODING: [answers.unknownEncoding],
  RESPONSE_NOT_JSON: [
    answers.compressedBody,
    answers.cutOffJson,
    answers.garbledJson,
    answers.otherFormat,
    answers.plainText,
  ],
  RESPONSE_NOT_SUCCESSFUL: [answers.notSuccessful],
  RESPONSE_ERROR_BODY: [answers.errorBody],
  EVENTS_PATH_EMPTY: [answers.eventsElsewhere],
  CURSOR_REJECTED: [paging.cursorRejected],
  PAGING_REPEATED_PAGE: [paging.repeatedPage],
  PAGING_LOOP: [paging.repeatedToken],
  PAGING_EMPTY_PAGES: [paging.emptyPages],
  PAGING_PAGE_CAP: [paging.tooManyPages],
  PAGING_CONFIG_INVALID: [paging.pagingIncomplete],
  REQUEST_TEMPLATE_NOT_OBJECT: [paging.templateNotObject],
  QUERY_TIME_FORMAT_INVALID: [requests.timeFormat],
  JSON_PATH_INVALID: [requests.badJsonPath],
  JSON_PATH_UNSUPPORTED: [requests.badJsonPath],
} as const satisfies Readonly<Record<string, readonly [Cause, ...Cause[]]>>;

/** Undefined for codes that have no cause of their own: then the error's own hint has to do. */
export function causesOf(code: string): readonly Cause[] | undefined {
  return Object.hasOwn(explanations, code) ? explanations[code as keyof typeof explanations] : undefined;
}
