import type { CliIo } from '../io.ts';
import type { TargetOptions } from '../target.ts';

export interface DoctorContext {
  readonly io: CliIo;
  readonly options: TargetOptions & { readonly host: string; readonly port: number };
  /** Absolute. */
  readonly dataFolder: string;
}

export interface Finding {
  readonly level: 'ok' | 'warning' | 'failed';
  readonly message: string;
  readonly fix?: string;
}

/** One thing that has to be right. Reports what it could not find out as a warning, never throws on purpose. */
export interface Check {
  readonly name: string;
  run(context: DoctorContext): Promise<Finding>;
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const warning = (message: string, fix: string): Finding => ({ level: 'warning', message, fix });
export const failed = (message: string, fix: string): Finding => ({ level: 'failed', message, fix });
