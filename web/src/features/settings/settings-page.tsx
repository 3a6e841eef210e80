import { useQuery } from '@tanstack/react-query';
import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { settingsQuery } from '../../lib/queries.ts';
import { useMissingRole } from '../../lib/session.ts';
import { GeneralForm } from './general-form.tsx';
import s from './settings.module.css';
import { TokensSection } from './tokens-section.tsx';

export function SettingsPage() {
  const missing = useMissingRole('admin');
  return (
    <Page title="Settings">
      <div className={s.sections}>
        {missing ? (
          <Note>The settings of the server need the admin role.</Note>
        ) : (
          <>
            <General />
            <TokensSection />
          </>
        )}
      </div>
    </Page>
  );
}

function General() {
  const query = useQuery({ ...settingsQuery, refetchOnWindowFocus: false });
  return (
    <section className="stack" aria-labelledby="general-title">
      <h2 id="general-title">General</h2>
      <Region query={query} failure="Could not load the settings." rows={4}>
        {(settings) => <GeneralForm key={JSON.stringify(settings)} settings={settings} />}
      </Region>
    </section>
  );
}
