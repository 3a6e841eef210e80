import { lazy, Suspense } from 'react';
import type { FilledSeries } from '../lib/graph.ts';
import s from './chart.module.css';

const Canvas = lazy(() => import('./chart-canvas.tsx'));

export interface ChartProps {
  /** Start of each bin, seconds since 1970. */
  readonly starts: readonly number[];
  readonly series: readonly FilledSeries[];
  readonly binMinutes: number;
  /** One sentence that says what the chart shows. */
  readonly summary: string;
  readonly shape?: 'bars' | 'lines';
}

/** A chart on canvas, in its own chunk. The summary is its text; callers offer the numbers as a table. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div className={s.chart} aria-busy="true" />}>
      <Canvas {...props} />
    </Suspense>
  );
}
