// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair of the picture
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCount } from '../lib/format.ts';
import { binLabel } from '../lib/graph.ts';
import { tokenColors } from '../lib/theme.ts';
import s from './chart.module.css';
import type { ChartProps } from './chart.tsx';

const HEIGHT = 168;
const seriesTokens = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'];

function options(
  props: ChartProps,
  width: number,
  onMove: (index: number | undefined) => void,
): uPlot.Options {
  const [muted, hairline, ...colors] = tokenColors(['text-muted', 'hairline', ...seriesTokens]);
  const font = '11px system-ui, sans-serif';
  const axis = {
    stroke: muted ?? '',
    font,
    grid: { stroke: hairline ?? '', width: 1 },
    ticks: { show: false },
  };
  const bars =
    props.shape !== 'lines' && uPlot.paths.bars ? uPlot.paths.bars({ size: [0.7, 40] }) : undefined;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    scales: {
      x: { time: true, range: (_, min, max) => [min - props.binMinutes * 30, max + props.binMinutes * 30] },
      y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 60,
        values: (_, splits) => splits.map((at) => dayOrHour(at, props.binMinutes)),
        grid: { show: false },
      },
      {
        ...axis,
        size: 48,
        space: 32,
        values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? short(value) : '')),
      },
    ],
    series: [
      {},
      ...props.series.map((item, index) => ({
        label: item.legend,
        stroke: colors[index % colors.length] ?? '',
        fill: bars ? (colors[index % colors.length] ?? '') : undefined,
        width: bars ? 0 : 1.5,
        dash: index > 0 && !bars ? [4 + index * 2, 3] : undefined,
        paths: bars,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [(plot) => onMove(plot.cursor.idx ?? undefined)] },
  };
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const short = (value: number) => compact.format(value);
function dayOrHour(seconds: number, binMinutes: number): string {
  const at = new Date(seconds * 1000);
  if (binMinutes < 1440) return at.toISOString().slice(11, 16);
  return at.toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
}

/** uPlot with arrow keys for the crosshair; the value under it is told as text. */
export default function ChartCanvas(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [index, setIndex] = useState<number>();
  const { starts, series, binMinutes } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawing depends on the data only
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const data = [[...starts], ...series.map((item) => item.values)] as uPlot.AlignedData;
      plot.current = new uPlot(options(props, element.clientWidth, setIndex), data, element);
    };
    draw();
    const resize = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resize.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    window.addEventListener('sluice-theme', draw);
    return () => {
      resize.disconnect();
      scheme.removeEventListener('change', draw);
      window.removeEventListener('sluice-theme', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [starts, series, binMinutes]);

  const move = (to: number) => {
    const at = Math.min(starts.length - 1, Math.max(0, to));
    setIndex(at);
    const left = plot.current?.valToPos(starts[at] ?? 0, 'x');
    if (left !== undefined) plot.current?.setCursor({ left, top: 10 });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    move(
      index === undefined
        ? event.key === 'ArrowLeft'
          ? starts.length - 1
          : 0
        : index + (event.key === 'ArrowLeft' ? -1 : 1),
    );
  };
  const told =
    index === undefined
      ? ''
      : `${binLabel(starts[index] ?? 0, binMinutes)} UTC: ${series.map((item) => `${item.legend} ${formatCount(item.values[index] ?? 0)}`).join(', ')}`;
  return (
    <div>
      <div
        ref={host}
        role="img"
        tabIndex={0}
        className={`${s.chart} ${s.host}`}
        aria-label={`${props.summary} Use the left and right arrow keys to read values.`}
        onKeyDown={onKeyDown}
      />
      <div className={`meta ${s.readout}`} aria-live="polite">
        {told}
      </div>
    </div>
  );
}
