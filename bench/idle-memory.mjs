// Proportional set size (Linux) of a process and everything below it, in MB: `node bench/idle-memory.mjs PID`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function tree(root) {
  const pairs = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const pid of found) for (const [child, parent] of pairs) if (parent === pid) found.push(child);
  return found;
}

let total = 0;
for (const pid of tree(Number(process.argv[2]))) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mb = Number(/^Pss:\s+(\d+) kB/m.exec(text)[1]) / 1024;
  const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 90);
  console.log(`${mb.toFixed(0).padStart(6)} MB  ${pid}  ${name}`);
  total += mb;
}
console.log(`${total.toFixed(0).padStart(6)} MB  in all`);
