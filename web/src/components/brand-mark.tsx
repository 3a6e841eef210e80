import s from './brand-mark.module.css';

/** The sluice gate. */
export function BrandMark() {
  return (
    <svg className={s.mark} viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="6" className={s.tile} />
      <path d="M8 9h16M8 9v14M24 9v14M12 13v7M16 13v10M20 13v7" className={s.gate} />
    </svg>
  );
}
