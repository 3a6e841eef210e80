import { equalitySuite } from '../support/equality-suite.ts';

// The simulators' own defaults: thirty days, 20,000 records of each API.
equalitySuite({ historyDays: 30, records: 20_000, rate: 1.5, timeoutMs: 900_000 });
