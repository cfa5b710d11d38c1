import { Fragment } from 'react';
import { Button } from '../components/button.tsx';
import { classNames } from '../components/class-names.ts';
import { useToast } from '../components/toasts.tsx';
import { useSession, useSignedIn } from '../session/session.tsx';
import styles from './navigation.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

const groups = [
  {
    title: undefined,
    links: [
      { path: 'connect', title: 'Connect' },
      { path: 'status', title: 'Status' },
      { path: 'try', title: 'Try it' },
    ],
  },
  {
    title: 'Settings',
    links: [
      { path: 'settings/api-keys', title: 'API Key Management' },
      { path: 'settings/audit', title: 'Audit' },
    ],
  },
];

/** The links to all pages, and who is signed in. `onGo` is called when a link was followed. */
export function Navigation({ path, onGo }: { readonly path: string; readonly onGo?: () => void }) {
  const here = path === '' ? 'connect' : path === 'settings' ? 'settings/api-keys' : path;
  return (
    <>
      <nav aria-label="Pages" className={styles.nav}>
        {groups.map(({ title, links }) => (
          <Fragment key={title ?? ''}>
            {title && <p className={styles.group}>{title}</p>}
            <ul className={styles.links}>
              {links.map((link) => (
                <li key={link.path}>
                  <a
                    href={`#/${link.path}`}
                    className={classNames(styles.link, link.path === here && styles.here)}
                    aria-current={link.path === here ? 'page' : undefined}
                    onClick={onGo}
                  >
                    {link.title}
                  </a>
                </li>
              ))}
            </ul>
          </Fragment>
        ))}
      </nav>
      <Account />
    </>
  );
}

function Account() {
  const { signOut } = useSession();
  const { key, version } = useSignedIn();
  const toast = useToast();
  const leave = () => {
    signOut().catch(() => toast('Signing out failed', 'The server can’t be reached. Try again.'));
  };
  return (
    <div className={styles.account}>
      <p className={styles.who}>
        <span className={styles.name}>{key?.name ?? 'One-time link'}</span>
        <span className={styles.version}>kubesense-mcp {version}</span>
      </p>
      <div className={styles.controls}>
        <ThemeSwitch />
        <Button look="quiet" size="s" onClick={leave}>
          Sign out
        </Button>
      </div>
    </div>
  );
}
