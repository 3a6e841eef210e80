import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../components/region.tsx';
import s from './frame.module.css';

/** Shown when a screen cannot be drawn at all: the server is away, or a chunk is gone after an upgrade. */
export function StartFailure({ error }: ErrorComponentProps) {
  return (
    <div className={s.alone}>
      <h1>Sluice</h1>
      <ErrorState
        error={error}
        what="This page could not be shown."
        onRetry={() => window.location.reload()}
      />
    </div>
  );
}
