import { Tabs } from '@base-ui/react/tabs';
import { CodeBlock } from '../../components/code-block.tsx';
import styles from './connect.module.css';
import type { Client } from './snippets.ts';

export interface ClientTabsProps {
  readonly label: string;
  /** As they are shown, with a stand-in for the key. */
  readonly shown: readonly Client[];
  /** The same clients, as they are copied. */
  readonly copied: readonly Client[];
}

export function ClientTabs({ label, shown, copied }: ClientTabsProps) {
  return (
    <Tabs.Root defaultValue={shown[0]?.id} className={styles.tabs}>
      <Tabs.List className={styles.tabList} aria-label={label}>
        {shown.map(({ id, name }) => (
          <Tabs.Tab key={id} value={id} className={styles.tab}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ id, how, snippets }, client) => (
        <Tabs.Panel key={id} value={id} className={styles.panel}>
          <p className={styles.how}>{how}</p>
          {snippets.map(({ title, text }, index) => (
            <CodeBlock
              key={title}
              title={title}
              wrap={!text.includes('\n')}
              text={text}
              copy={copied[client]?.snippets[index]?.text ?? text}
            />
          ))}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
