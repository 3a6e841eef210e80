import { type Agent, request } from 'node:http';
import { engineError } from './errors.ts';

export interface RunningCountOptions {
  readonly agent: Agent;
  readonly token: string;
  readonly queryId: string;
}

/** Asks the host how many statements with this id it has taken and not finished. */
export function runningCount({ agent, token, queryId }: RunningCountOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = `/running?query_id=${encodeURIComponent(queryId)}`;
    const call = request({ agent, path, headers: { 'X-ClickHouse-Key': token } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && /^\d+$/.test(text)) resolve(Number(text));
        else
          reject(
            engineError(
              'ENGINE_RESULT',
              `The engine host answered ${response.statusCode}: ${text.slice(0, 100)}`,
            ),
          );
      });
    });
    call.on('error', reject);
    call.end();
  });
}
