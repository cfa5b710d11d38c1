import { formatTime, parseWindow } from '../../telemetry/time.ts';
import { earlierStart, type Skill, type SkillParameter, windowStart } from './skill.ts';

/** Values that may stand in JSON, and in quotes of a filter, as they are. */
export type SkillArguments = Readonly<Partial<Record<SkillParameter, string>>>;

/**
 * The text of a prompt: the skill with what is known filled into its calls. Blank arguments count as absent.
 *
 * @param now the clock that relative times count from, ns since the epoch
 * @throws InputError for a time that is none, and for a window that holds nothing
 */
export function promptText({ body, parameters }: Skill, sent: SkillArguments, now: bigint): string {
  const given = parameters.flatMap((parameter) => {
    const value = sent[parameter]?.trim() ?? '';
    return value === '' ? [] : [[parameter, value] as const];
  });
  if (given.length === 0) return body;
  const { namespace, workload, ...times } = Object.fromEntries(given);
  const named = body
    .replaceAll('<namespace>', () => namespace ?? '<namespace>')
    .replaceAll('<workload>', () => workload ?? '<workload>');
  const about = given.map(([parameter, value]) => `${parameter} ${value}`).join(', ');
  return `Do this for: ${about}. The calls below have it filled in.\n\n${inWindow(named, times, now)}`;
}

function inWindow(
  body: string,
  { from_time, to_time }: { readonly from_time?: string; readonly to_time?: string },
  now: bigint,
): string {
  if (from_time === undefined && to_time === undefined) return body;
  const { window } = parseWindow({ fromTime: from_time, toTime: to_time }, now);
  const from = from_time ?? formatTime(window.from);
  const earlier = formatTime(window.from - (window.to - window.from));
  const to = to_time === undefined ? '' : `, "to_time": "${to_time}"`;
  return body
    .replaceAll(`"from_time": ${windowStart}`, `"from_time": "${from}"${to}`)
    .replaceAll(`"from_time": ${earlierStart}`, `"from_time": "${earlier}"${to}`)
    .replaceAll(windowStart, `"${from}"`);
}
