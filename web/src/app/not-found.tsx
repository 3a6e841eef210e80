import { Link } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';

export function NotFound() {
  return (
    <Page title="Not found">
      <p>
        There is no page at this address. Go to <Link to="/connectors">Connectors</Link>,{' '}
        <Link to="/connections">Connections</Link> or <Link to="/query">Query</Link>.
      </p>
    </Page>
  );
}
