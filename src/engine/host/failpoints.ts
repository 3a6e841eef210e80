import { failpoint } from '../../core/failpoint.ts';

/** Hit around every INSERT that the host executes; in a file without the engine, so that a test can list the names. */
export const beforeExecute = failpoint('engine.before-execute');
export const afterExecute = failpoint('engine.after-execute');
