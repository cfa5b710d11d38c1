import { useEffect } from 'react';

export function PageTitle({ title, lead }: { readonly title: string; readonly lead?: string }) {
  useEffect(() => {
    document.title = `${title} – KubeSense`;
  }, [title]);
  return (
    <div>
      <h1>{title}</h1>
      {lead && <p>{lead}</p>}
    </div>
  );
}
