import { useEffect, useRef, useState } from 'react';
import type { ToolAnswer } from '../../api/answers.ts';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { Badge } from '../../components/badge.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Failure } from '../../components/failure.tsx';
import { durationText, wholeNumber } from '../../components/number-text.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { countTokens } from './count-tokens.ts';
import styles from './try.module.css';

export type Run =
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly error: ApiError }
  | { readonly state: 'answered'; readonly tool: string; readonly answer: ToolAnswer };

/** What the call gave: exactly the text that an assistant reads. */
export function AnswerPanel({ run, onRetry }: { readonly run: Run; onRetry(): void }) {
  const panel = useRef<HTMLElement>(null);
  // Where the answer stands below the form, it would appear out of sight.
  useEffect(() => {
    if (run.state !== 'none') panel.current?.scrollIntoView({ block: 'nearest' });
  }, [run]);
  return (
    <section ref={panel} className={styles.answer} aria-labelledby="answer">
      <header className={styles.answerHead}>
        <h2 id="answer">Answer</h2>
        {run.state === 'answered' && <Facts tool={run.tool} answer={run.answer} />}
      </header>
      <p className="visually-hidden" role="status">
        {run.state === 'running' && 'The tool is running'}
        {run.state === 'answered' &&
          (run.answer.is_error ? 'The tool refused the call' : 'The tool answered')}
      </p>
      {run.state === 'none' && (
        <p className={styles.placeholder}>
          Choose an example, or fill in the form, and run it. What appears here is the text that an assistant
          would read, to the letter.
        </p>
      )}
      {run.state === 'running' && <Skeleton lines={8} />}
      {run.state === 'failed' && <Failure error={run.error} onRetry={onRetry} />}
      {run.state === 'answered' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        <section className={styles.text} tabIndex={0} aria-label="Text of the answer">
          <pre>{run.answer.text}</pre>
        </section>
      )}
    </section>
  );
}

function Facts({ tool, answer }: { readonly tool: string; readonly answer: ToolAnswer }) {
  const tokens = useTokens(answer.text);
  return (
    <div className={styles.facts}>
      <Badge look={answer.is_error ? 'danger' : 'good'}>{answer.is_error ? 'Error' : 'OK'}</Badge>
      <code>{tool}</code>
      <span>
        {tokens === undefined
          ? 'counting tokens'
          : tokens instanceof Error
            ? 'tokens not counted'
            : `${wholeNumber(tokens)} tokens`}
      </span>
      <span>{durationText(answer.duration_ms)}</span>
      <CopyButton text={answer.text} size="s" look="quiet" aria-label="Copy the answer" />
    </div>
  );
}

function useTokens(text: string): number | ApiError | undefined {
  const [counted, setCounted] = useState<{ readonly text: string; readonly tokens: number | ApiError }>();
  useEffect(() => {
    let gone = false;
    const keep = (tokens: number | ApiError) => {
      if (!gone) setCounted({ text, tokens });
    };
    countTokens(text).then(keep, (error: unknown) => keep(asApiError(error)));
    return () => {
      gone = true;
    };
  }, [text]);
  return counted?.text === text ? counted.tokens : undefined;
}
