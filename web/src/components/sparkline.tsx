import s from './sparkline.module.css';

const WIDTH = 140;
const HEIGHT = 28;

/** Fourteen bars, decorative: the numbers are in the text beside it. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const top = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg
      className={s.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <line x1="0" y1={HEIGHT - 0.5} x2={WIDTH} y2={HEIGHT - 0.5} className={s.base} />
      {values.map((value, index) => {
        const height = value === 0 ? 0 : Math.max(2, (value / top) * (HEIGHT - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar's place is its identity
            key={index}
            x={index * step + 1}
            y={HEIGHT - 1 - height}
            width={step - 2}
            height={height}
            className={s.bar}
          />
        );
      })}
    </svg>
  );
}
