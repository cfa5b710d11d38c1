import { Empty } from '../components/empty.tsx';
import { Page } from '../components/page.tsx';

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <Empty title="There is nothing here" action={<a href="#/connect">Go to Connect</a>}>
        The address may be mistyped, or from another version of this console.
      </Empty>
    </Page>
  );
}
