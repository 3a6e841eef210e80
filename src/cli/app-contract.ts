import type { Diagnostic } from '../core/diagnostics.ts';

/** What `serve` and `demo` need of src/app.ts, which exports `startSluice: StartSluice`. */
export interface StartOptions {
  /** Absolute. */
  readonly dataFolder: string;
  readonly host: string;
  /** 0 = chosen by the system. */
  readonly port: number;
  readonly logLevel: string;
  readonly allowedHosts?: readonly string[];
  readonly webhookUrl?: string;
  readonly memoryBudgetMb?: number;
  /** Starts the simulators too and makes one connection to each. */
  readonly demo?: boolean;
}

export interface RunningSluice {
  /** Where it listens, with the real port. */
  readonly url: string;
  /** Only at the first start over a data folder; shown once, stored nowhere in clear. */
  readonly firstPassword?: { readonly name: string; readonly password: string };
  /** Demo: a query over the tables of its connections. */
  readonly sampleQuery?: string;
  /** Demo: further lines worth printing, such as the addresses of the simulators. */
  readonly notes?: readonly string[];
  /** Ends everything cleanly, the engine child included. */
  close(): Promise<void>;
  /** Settles when everything has ended; rejects when something that cannot be mended ended it. */
  readonly done: Promise<void>;
}

export type StartSluice = (options: StartOptions) => Promise<RunningSluice>;

/** What src/check.ts finds in a package. */
export interface PackageCheck {
  readonly id: string;
  readonly title: string;
  readonly tables: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly label: string; readonly required: boolean }[];
  readonly diagnostics: readonly Diagnostic[];
}

export type CheckPackage = (
  files: readonly { readonly file: string; readonly text: string }[],
) => Promise<PackageCheck>;
