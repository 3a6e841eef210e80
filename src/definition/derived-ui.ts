import type { ConnectorUi, InputField, Instruction, InstructionStep } from './model.ts';

/** Parts of a connector page that can be derived when the package leaves them out. */
export interface DerivedUi {
  readonly title: string;
  readonly graphQueries: ConnectorUi['graphQueries'];
  readonly sampleQueries: ConnectorUi['sampleQueries'];
  readonly dataTypes: ConnectorUi['dataTypes'];
  readonly instructionSteps: readonly InstructionStep[];
}

function lastReceivedQuery(table: string): string {
  return `${table}\n| summarize Time = max(TimeGenerated)\n| where isnotempty(Time)`;
}

function fieldOf(input: InputField): Instruction {
  const type = input.secret && input.masked ? 'password' : input.kind === 'url' ? 'url' : 'text';
  const parameters = {
    label: input.label,
    name: input.name,
    type,
    validations: { required: input.required },
  };
  return { type: 'Textbox', parameters, steps: [] };
}

function connectionStep(inputs: readonly InputField[]): InstructionStep {
  const form = { instructions: inputs.map(fieldOf), innerSteps: [] };
  const mapping = [
    { columnName: 'Name', columnValue: 'name' },
    { columnName: 'Endpoint', columnValue: 'properties.request.apiEndpoint' },
  ];
  const pane = {
    contextPaneType: 'DataConnectorsContextPane',
    title: 'Add connection',
    subtitle: '',
    label: 'Add connection',
    isPrimary: true,
  };
  return {
    title: 'Connections',
    instructions: [
      { type: 'DataConnectorsGrid', parameters: { mapping, menuItems: ['DeleteConnector'] }, steps: [] },
      { type: 'ContextPane', parameters: pane, steps: [form] },
    ],
    innerSteps: [],
  };
}

/** A page made of nothing but table names and inputs. */
export function deriveUi(title: string, tables: readonly string[], inputs: readonly InputField[]): DerivedUi {
  return {
    title,
    graphQueries: tables.map((table) => ({
      metricName: 'Total data received',
      legend: table,
      baseQuery: table,
    })),
    sampleQueries: tables.map((table) => ({
      description: `Latest records of ${table}`,
      query: `${table}\n| sort by TimeGenerated desc`,
    })),
    dataTypes: tables.map((table) => ({ name: table, lastDataReceivedQuery: lastReceivedQuery(table) })),
    instructionSteps: [connectionStep(inputs)],
  };
}
