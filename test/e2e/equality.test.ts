import { equalitySuite } from '../support/equality-suite.ts';

equalitySuite({ historyDays: 3, records: 2_500, rate: 20, timeoutMs: 240_000 });
