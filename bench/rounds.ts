/** Milliseconds of one call. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Alternates both ways, so that both see the same machine; the first round only warms up. */
export async function paired(
  rounds: number,
  ours: () => unknown,
  other: () => unknown,
): Promise<{ ours: number; other: number }> {
  const a: number[] = [];
  const b: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const oursMs = await timed(ours);
    const otherMs = await timed(other);
    if (round === 0) continue;
    a.push(oursMs);
    b.push(otherMs);
  }
  return { ours: median(a), other: median(b) };
}
