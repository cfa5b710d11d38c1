import { useCallback, useEffect, useRef, useState } from 'react';
import type { Limits } from '../../api/answers.ts';
import { asApiError } from '../../api/api-error.ts';
import { useClient } from '../../session/session.tsx';
import type { Run } from './answer-panel.tsx';
import type { Arguments } from './arguments.ts';

/** Runs tools, one call at a time: a new one, or leaving the page, cancels the one before in the store too. */
export function useRun() {
  const client = useClient();
  const [run, setRun] = useState<Run>({ state: 'none' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    async (tool: string, args: Arguments, limits: Limits) => {
      running.current?.abort();
      const call = new AbortController();
      running.current = call;
      setRun({ state: 'running' });
      const limited = Object.keys(limits).length > 0;
      try {
        const answer = await client.callTool(tool, args, limited ? limits : undefined, call.signal);
        if (running.current === call) setRun({ state: 'answered', tool, answer });
      } catch (error) {
        if (!call.signal.aborted) setRun({ state: 'failed', error: asApiError(error) });
      }
    },
    [client],
  );
  const cancel = useCallback(() => {
    running.current?.abort();
    setRun({ state: 'none' });
  }, []);
  return { run, start, cancel };
}
