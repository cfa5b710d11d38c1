import { Page } from '../../components/page.tsx';

export function StatusPage() {
  return <Page title="Status">…</Page>;
}
