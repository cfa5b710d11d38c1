import { Page } from '../../components/page.tsx';

export function TryPage() {
  return <Page title="Try it">…</Page>;
}
