import { useState } from 'react';
import { API_BASE, segment } from '../lib/api.ts';
import s from './logo.module.css';

interface LogoProps {
  readonly id: string;
  readonly title: string;
  readonly hasLogo: boolean;
  readonly large?: boolean;
}

/** The connector's logo as an image, or a tile with its first letter. Decorative: the title stands beside it. */
export function Logo({ id, title, hasLogo, large = false }: LogoProps) {
  const [broken, setBroken] = useState(false);
  const size = large ? 40 : 32;
  if (hasLogo && !broken) {
    return (
      <img
        className={s.image}
        src={`${API_BASE}/definitions/${segment(id)}/logo`}
        alt=""
        width={size}
        height={size}
        onError={() => setBroken(true)}
      />
    );
  }
  return (
    <span className={`${s.tile} ${large ? s.large : ''}`} aria-hidden="true">
      {(title.trim()[0] ?? '?').toUpperCase()}
    </span>
  );
}
