/** Prometheus text format 0.0.4, small: counters that are added to, gauges that are asked for when they are read. */

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  /** @param by not below 0 */
  add(labels: Labels, by?: number): void;
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  /** `read` is asked at each rendering; samples that are no number are left out. */
  gauge(name: string, help: string, read: () => Promise<readonly Sample[]>): void;
  /** As `gauge`, for a count that somebody else keeps. */
  countOf(name: string, help: string, read: () => Promise<readonly Sample[]>): void;
  render(): Promise<string>;
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly read: () => Promise<readonly Sample[]>;
}

export function createMetrics(): Metrics {
  const families: Family[] = [];

  function register(family: Family): void {
    if (!/^[a-z][a-z0-9_]*$/.test(family.name) || families.some((f) => f.name === family.name))
      throw new Error(`metric name ${family.name} is bad or taken`);
    families.push(family);
  }

  return {
    counter(name, help) {
      const samples = new Map<string, Sample>();
      register({ name, help, type: 'counter', read: async () => [...samples.values()] });
      return {
        add(labels, by = 1) {
          const key = labelText(labels);
          samples.set(key, { labels, value: (samples.get(key)?.value ?? 0) + by });
        },
      };
    },
    gauge: (name, help, read) => register({ name, help, type: 'gauge', read }),
    countOf: (name, help, read) => register({ name, help, type: 'counter', read }),
    async render() {
      const blocks = await Promise.all(families.map(renderFamily));
      return blocks.join('');
    },
  };
}

async function renderFamily({ name, type, help, read }: Family): Promise<string> {
  const samples = (await read()).filter((sample) => Number.isFinite(sample.value));
  const lines = samples.map((sample) => `${name}${labelText(sample.labels)} ${sample.value}\n`);
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** `{a="b",c="d"}`, or nothing. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
