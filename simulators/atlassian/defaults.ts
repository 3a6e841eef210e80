import type { BurstSettings, Settings } from './settings.ts';
import { hash32 } from './world/random.ts';

const burst: BurstSettings = {
  perSecond: 100,
  retryAfter: true,
  retryAfterMin: 1,
  retryAfterMax: 5,
  resetInPast: false,
  body: 'errors',
  pointsQuota: 100_100,
};

const late = { lateRate: 0.02, lateMinSeconds: 5, lateMaxSeconds: 600, tieRate: 0.05 };

/** The simulator profile of README.md: the vendor's natural hazards on, injected faults off. */
export function defaultSettings(seed: string): Settings {
  const secret = (name: string) => `sim-${name}-${hash32(`${seed}/${name}`).toString(16).padStart(8, '0')}`;
  return {
    auth: {
      email: 'audit.reader@acme-demo.example',
      apiToken: secret('api-token'),
      scopedToken: secret('scoped-token'),
      scopedTokenScopes: ['read:audit-log:jira', 'read:user:jira', 'read:audit-log:confluence'],
      oauthToken: secret('oauth-token'),
      oauthScopes: ['manage:jira-configuration', 'read:audit-log:confluence'],
      orgApiKey: secret('org-key'),
      orgKeyScopes: [],
      apiTokenExpired: false,
      scopedTokenExpired: false,
      oauthExpired: false,
      orgKeyExpired: false,
      administrator: true,
      orgAdministrator: true,
      failureMode: 'status401',
    },
    plan: { jiraFree: false, confluenceFree: false, guard: 'standard', noGuardAnswer: 'status403' },
    world: { rate: 1.5, shares: { jira: 1, confluence: 1, org: 1 }, renameMinutes: 10, catchUpHours: 6 },
    http: { gzip: false, linkOrigin: 'auto', delayMs: 0 },
    jira: {
      retentionDays: 180,
      totalMode: 'all',
      emptyRecords: 'array',
      defaultLimit: 1000,
      maxLimit: 1000,
      limitOver: 'clamp',
      naiveDates: 'default',
      plusAsSpace: 'default',
      malformedDates: 'error400',
      idSequences: 3,
      ...late,
      burst,
    },
    confluence: {
      retentionNumber: 1,
      retentionUnits: 'YEARS',
      defaultLimit: 1000,
      limitClamp: 1000,
      nextStart: 'received',
      echoLimit: 'clamped',
      nextOnLastFullPage: false,
      malformedDates: 'error400',
      ...late,
      identicalRate: 0.01,
      burst,
    },
    org: {
      retentionDays: 180,
      streamDefaultLimit: 200,
      searchDefaultLimit: 25,
      maxLimit: 500,
      limitOver: 'clamp',
      streamClock: 'time',
      tipMode: 'cursor',
      cursorTtlSeconds: 0,
      pageSizeEcho: 'default',
      nextIn: 'both',
      delays: [
        { share: 0.8, minSeconds: 0.2, maxSeconds: 3 },
        { share: 0.17, minSeconds: 3, maxSeconds: 120 },
        { share: 0.03, minSeconds: 120, maxSeconds: 21_600 },
      ],
      tieRate: 0.01,
      noMillisecondsRate: 0.03,
      noLocationRate: 0.05,
      appActorRate: 0.1,
      noContextRate: 0.02,
      searchPerMinute: 10,
      streamPerMinute: 60,
      retryAfter: false,
    },
    faults: [],
  };
}
