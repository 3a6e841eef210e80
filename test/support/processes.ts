import { execFileSync } from 'node:child_process';

/** The engine host among a server's children; asked from the system, because a held server answers nothing. */
export function engineHostPid(serverPid: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find(
    (l) => l.includes('engine/host/main.js') && Number(l.trim().split(/\s+/)[1]) === serverPid,
  );
  if (!line) throw new Error(`no engine host below process ${serverPid}`);
  return Number.parseInt(line, 10);
}
