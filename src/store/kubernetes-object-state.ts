import { z } from 'zod';
import { leavesOf, type ObjectState } from '../telemetry/kubernetes/object-state.ts';

const text = z.string();
const texts = z.record(z.string(), z.string());
const integer = z.coerce.number();
const time = z.string().transform((written) => {
  const ms = Date.parse(written);
  return Number.isNaN(ms) ? 0n : BigInt(ms) * 1_000_000n;
});
const condition = z
  .object({ type: text, status: text, reason: text, lastTransitionTime: time })
  .transform(({ lastTransitionTime: since, ...rest }) => ({ ...rest, since }));
const container = z
  .object({
    name: text,
    restartCount: integer,
    lastState: z.object({ terminated: z.object({ reason: text, finishedAt: time }) }),
    state: z.object({ waiting: z.object({ reason: text }) }),
  })
  .transform(({ name, restartCount: restarts, lastState: { terminated }, state }) => ({
    ...{ name, restarts, endedBy: terminated.reason, ended: terminated.finishedAt },
    waitsFor: state.waiting.reason,
  }));
const status = z
  .tuple([text, text, integer, text, z.array(condition), z.array(container)])
  .transform(([phase, reason, failed, kubeletVersion, conditions, containers]) => ({
    ...{ phase, reason, failed, kubeletVersion, conditions, containers },
  }));
const spec = z.string().transform((json) => {
  try {
    return leavesOf(JSON.parse(json || '{}'));
  } catch {
    // What is no JSON is no specification.
    return leavesOf({});
  }
});

/** A state as the store gives it: lists in the order of their parts, the specification as JSON. */
export const objectState = z
  .tuple([z.tuple([integer, texts, text, spec, texts, status]), z.array(z.object({ manager: text, time }))])
  .transform(
    ([[generation, labels, changeCause, specification, data, inStatus], managers]): ObjectState => ({
      ...{ generation, labels, changeCause, managers, data },
      spec: specification,
      status: inStatus,
    }),
  );
