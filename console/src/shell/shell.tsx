import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';
import { IconButton } from '../components/button.tsx';
import { useSignedIn } from '../session/session.tsx';
import { Navigation } from './navigation.tsx';
import styles from './shell.module.css';
import { Wordmark } from './wordmark.tsx';

/** What surrounds every page of somebody who is signed in. */
export function Shell({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={skip}>
        Skip to the page
      </button>
      <header className={styles.side}>
        <Wordmark />
        <Navigation path={path} />
      </header>
      <header className={styles.top}>
        <Wordmark />
        <Menu path={path} />
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <LinkSession />
        {children}
      </main>
    </div>
  );
}

/** A link to a fragment would go to another page here, so a button moves the focus. */
function skip(): void {
  document.getElementById('main')?.focus();
}

function Menu({ path }: { readonly path: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger render={<IconButton label="Menu" icon="menu" />} />
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.scrim} />
        <Dialog.Popup className={styles.drawer}>
          <div className={styles.drawerHead}>
            <Dialog.Title className="visually-hidden">Menu</Dialog.Title>
            <Wordmark />
            <Dialog.Close render={<IconButton label="Close" icon="close" />} />
          </div>
          <Navigation path={path} onGo={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Who came by the one-time link has no key to come back with. */
function LinkSession() {
  const { by } = useSignedIn();
  if (by !== 'link') return null;
  return (
    <p className={styles.link}>
      You came by a one-time link, which works only once. <a href="#/setup">Generate your admin key</a> to be
      able to sign in again.
    </p>
  );
}
