import { Chart } from '../../components/chart.tsx';
import { formatCount, plural } from '../../lib/format.ts';
import type { ResultChartData } from './chart-model.ts';
import s from './query.module.css';

export function ResultChart({ chart }: { readonly chart: ResultChartData }) {
  const summary = `Chart of ${plural(chart.series.length, 'series', 'series')} over ${plural(chart.starts.length, 'point')}.`;
  return (
    <div className="stack-s">
      <Chart {...chart} summary={summary} />
      <ul className={s.chartLegend}>
        {chart.series.map((item, index) => (
          <li key={item.legend}>
            <span className={s.swatch} data-series={index} aria-hidden="true" /> {item.legend}{' '}
            <span className="muted">{formatCount(item.total)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
