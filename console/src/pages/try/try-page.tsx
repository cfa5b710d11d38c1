import { type FormEvent, useState } from 'react';
import type { Limits, Tool } from '../../api/answers.ts';
import { useResource } from '../../api/use-resource.ts';
import { Button } from '../../components/button.tsx';
import { Failure } from '../../components/failure.tsx';
import { Page } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useClient } from '../../session/session.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import type { Arguments } from './arguments.ts';
import { examples } from './examples.ts';
import { LimitsInput } from './limits-input.tsx';
import { ToolForm } from './tool-form.tsx';
import styles from './try.module.css';
import { useRun } from './use-run.ts';

export function TryPage() {
  const { data, error, reload } = useResource(useClient().tools);
  return (
    <Page title="Try it" lead="Run any tool, and read exactly what an assistant would read.">
      {error && !data && <Failure error={error} onRetry={reload} />}
      {!data && !error && (
        <>
          <Loading what="the tools" />
          <Skeleton height="row" lines={5} />
        </>
      )}
      {data && <Bench tools={data.tools} />}
    </Page>
  );
}

const first = 'search-logs';

function Bench({ tools }: { readonly tools: readonly Tool[] }) {
  const [name, setName] = useState(
    tools.some((tool) => tool.name === first) ? first : (tools[0]?.name ?? ''),
  );
  const [args, setArgs] = useState<Arguments>({});
  const [limits, setLimits] = useState<Limits>({});
  // The form begins anew with each tool and example.
  const [begun, setBegun] = useState(0);
  const { run, start, cancel } = useRun();
  const tool = tools.find((one) => one.name === name);

  const begin = (nextName: string, nextArgs: Arguments) => {
    setName(nextName);
    setArgs(nextArgs);
    setBegun((before) => before + 1);
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    void start(name, args, limits);
  };

  return (
    <>
      <section aria-labelledby="examples" className={styles.examples}>
        <h2 id="examples" className={styles.small}>
          Start from an example
        </h2>
        <ul className={styles.exampleList}>
          {examples
            .filter((example) => tools.some((one) => one.name === example.tool))
            .map((example) => (
              <li key={example.title}>
                <Button size="s" onClick={() => begin(example.tool, example.args)}>
                  {example.title}
                </Button>
              </li>
            ))}
        </ul>
      </section>
      <div className={styles.bench}>
        <form className={styles.form} onSubmit={submit}>
          <Select
            label="Tool"
            value={name}
            options={tools.map((one) => ({ value: one.name, label: one.name }))}
            onChange={(next) => begin(next, {})}
          />
          {tool && (
            <details className={styles.more}>
              <summary>{tool.title}: what assistants are told of it</summary>
              <p className={styles.description}>{tool.description}</p>
            </details>
          )}
          {tool && <ToolForm key={begun} tool={tool} args={args} onChange={setArgs} />}
          <LimitsInput limits={limits} onChange={setLimits} />
          <div className={styles.run}>
            <Button type="submit" look="primary" icon="play" busy={run.state === 'running'}>
              Run
            </Button>
            {run.state === 'running' && <Button onClick={cancel}>Cancel</Button>}
          </div>
        </form>
        <AnswerPanel run={run} onRetry={submit} />
      </div>
    </>
  );
}
