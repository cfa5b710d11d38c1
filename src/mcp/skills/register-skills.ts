import {
  type CompleteRequest,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Principal } from '../../access/principal.ts';
import type { Queries } from '../../query/queries.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { type Completing, complete } from './completions.ts';
import { promptText } from './prompt-text.ts';
import type { Skills } from './skills.ts';

export interface SkillsContext {
  readonly skills: Skills;
  /** What completions are looked for with. */
  readonly queries: Pick<Queries, 'holdings' | 'fieldValues'>;
  readonly principalOf: (context: ServerContext) => Principal;
  /** The clock that times of prompts count from, ns since the epoch. */
  readonly now: () => bigint;
  /** How long whoever completes an argument waits at most, ms. */
  readonly completionMs?: number;
  /** A clock for durations, in ms. */
  readonly elapsed: () => number;
  /** Takes note of names that were looked for. */
  readonly onCompletion?: (completed: Completed) => void;
}

/** A completion that was answered. */
export interface Completed {
  readonly principal: Principal;
  readonly completing: Completing;
  /** How many values were given. */
  readonly values: number;
  readonly ms: number;
}

/** Serves the skills by the extension (SEP-2640) and as prompts, whose arguments are completed. */
export function registerSkills(server: McpServer, context: SkillsContext): void {
  const { skills } = context;
  skills.catalog.attach(server);
  for (const skill of skills.prompts) {
    const { name, title, description } = skill;
    server.registerPrompt(name, { title, description, argsSchema: skill.argumentSchema }, (sent) => ({
      description,
      messages: [{ role: 'user', content: { type: 'text', text: filled(skill, sent, context.now()) } }],
    }));
  }
  // Not the SDK's completable(): what it calls is not told who asks.
  server.server.registerCapabilities({ completions: {} });
  server.server.setRequestHandler('completion/complete', async ({ params }, request) => {
    const completing = completingOf(params, skills);
    if (completing === undefined) return { completion: { values: [], hasMore: false } };
    const start = context.elapsed();
    const principal = context.principalOf(request);
    const call = { principal, signal: request.mcpReq.signal };
    const completion = await complete(context.queries, completing, call, context.completionMs);
    const ms = context.elapsed() - start;
    context.onCompletion?.({ principal, completing, values: completion.values.length, ms });
    return { completion: { ...completion } };
  });
}

/** Undefined where there is nothing to complete. */
function completingOf(
  { ref, argument, context }: CompleteRequest['params'],
  { prompts }: Skills,
): Completing | undefined {
  if (ref.type !== 'ref/prompt') return undefined;
  const skill = prompts.find(({ name }) => name === ref.name);
  if (skill === undefined) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${ref.name} not found`);
  }
  if (!skill.parameters.some((parameter) => parameter === argument.name)) return undefined;
  return { argument: argument.name, value: argument.value, known: context?.arguments ?? {} };
}

function filled(...[skill, sent, now]: Parameters<typeof promptText>): string {
  try {
    return promptText(skill, sent, now);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
  }
}
