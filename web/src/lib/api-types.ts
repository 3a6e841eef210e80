/** The API's shapes, taken from the server's schemas; types only, so nothing of the server is bundled. */
import type { z } from 'zod';
import type * as s from '../../../src/api/schemas.ts';

type Out<T extends z.ZodType> = z.output<T>;

export type Problem = Out<typeof s.Problem>;
export type Diagnostic = Out<typeof s.DiagnosticDto>;
export type Session = Out<typeof s.Session>;
export type Token = Out<typeof s.Token>;
export type Role = Session['user']['role'];
export type ConnectorStatus = Out<typeof s.ConnectorStatus>;
export type DefinitionSummary = Out<typeof s.DefinitionSummary>;
export type DefinitionDetail = Out<typeof s.DefinitionDetail>;
export type DefinitionStatus = Out<typeof s.DefinitionStatus>;
export type InputField = Out<typeof s.InputFieldDto>;
export type Graph = Out<typeof s.Graph>;
export type RunSummary = Out<typeof s.RunSummary>;
export type RunDetail = Out<typeof s.RunDetail>;
export type Explanation = Out<typeof s.Explanation>;
export type Connection = Out<typeof s.Connection>;
export type ConnectionState = Out<typeof s.ConnectionState>;
export type ConnectionInput = Out<typeof s.ConnectionInput>;
export type ConnectionOptions = Out<typeof s.ConnectionOptions>;
export type ConnectionPatch = Out<typeof s.ConnectionPatch>;
export type TestResult = Out<typeof s.TestResult>;
export type KqlColumn = Out<typeof s.KqlColumnDto>;
export type QueryMessage = Out<typeof s.QueryMessage>;
export type QueryInput = z.input<typeof s.QueryInput>;
export type ValidateResult = Out<typeof s.ValidateResult>;
export type QuerySchema = Out<typeof s.Schema>;
export type Table = Out<typeof s.Table>;
export type HealthEvent = Out<typeof s.HealthEvent>;
export type Health = Out<typeof s.Health>;
export type Settings = Out<typeof s.Settings>;

/** The instruction tree of a definition; `instructionSteps` is untyped in the API (src/definition/model.ts). */
export interface InstructionStep {
  readonly title?: string;
  readonly description?: string;
  readonly instructions: readonly Instruction[];
  readonly innerSteps: readonly InstructionStep[];
}
export interface Instruction {
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly steps: readonly InstructionStep[];
}
