import { type Operation, type Outcome, spanName } from './operations.ts';
import type { Pod } from './pods.ts';
import type { Random } from './random.ts';
import type { Attributes, Level, LogForm, ShopLog } from './records.ts';

/** A line of a pod's log, before it is known which request it belongs to. */
export type Line = Omit<ShopLog, 'pod' | 'traceId' | 'spanId'>;

export interface ServedRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly outcome: Outcome;
  /** ns. */
  readonly duration: number;
  readonly customer: Attributes;
}

/** What a pod logs of a request that it has served, at the time of its end, ns since the epoch. */
export function requestLines(pod: Pod, request: ServedRequest, time: bigint, random: Random): Line[] {
  if (pod.workload.logForm === 'nginx') return nginxLines(request, time, random);
  const message = messageOf(request, random);
  if (message === undefined) return [];
  const attributes =
    pod.workload.namespace === 'default' ? { custom_field: customField(random) } : request.customer;
  return [line(pod, message.level, message.text, time, fieldsOf(request), attributes)];
}

/** A line that belongs to no request. */
export function plainLine(pod: Pod, level: Level, message: string, time: bigint): Line {
  return line(pod, level, message, time, {}, {});
}

const customField = (random: Random): string => random.pick(['value', 'value', 'other']);

/** Failures are always told, what went well half the time. */
function messageOf(
  { operation, outcome, duration }: ServedRequest,
  random: Random,
): { level: Level; text: string } | undefined {
  const what = spanName(operation);
  if (outcome.failure !== undefined) return { level: 'ERROR', text: `${what} failed: ${outcome.failure}` };
  if (outcome.code === 404) return { level: 'WARN', text: `${what}: not found` };
  if (duration > 2e9) return { level: 'WARN', text: `${what} was slow` };
  if (random.chance(0.5)) return { level: 'INFO', text: `${what} served` };
  return random.chance(0.2) ? { level: 'DEBUG', text: `${what}: healthcheck of the pool passed` } : undefined;
}

function fieldsOf({ path, outcome, duration }: ServedRequest): Attributes {
  return { path, status: outcome.code, duration_ms: Math.round(duration / 1e4) / 100 };
}

function line(
  pod: Pod,
  level: Level,
  message: string,
  time: bigint,
  fields: Attributes,
  attributes: Attributes,
): Line {
  const form: LogForm = pod.workload.logForm;
  const body = bodyOf(form, pod, level, message, time, fields);
  const saysLevel = form !== 'klog' && pod.workload.ebpf === undefined;
  return { time, level, saysLevel, form, body, attributes };
}

function bodyOf(
  form: LogForm,
  pod: Pod,
  level: Level,
  message: string,
  time: bigint,
  fields: Attributes,
): string {
  const at = isoTime(time);
  switch (form) {
    case 'json':
      return JSON.stringify({ time: at, level: level.toLowerCase(), msg: message, ...fields });
    case 'logfmt': {
      const pairs = { ts: at, level: level.toLowerCase(), msg: JSON.stringify(message), ...fields };
      return Object.entries(pairs)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ');
    }
    case 'klog': {
      const [, month, day, clock] = /^\d+-(\d\d)-(\d\d)T(.*)Z$/.exec(isoTime(time, 6)) ?? [];
      return `${level.slice(0, 1)}${month}${day} ${clock}       1 proxier.go:805] ${JSON.stringify(message)}`;
    }
    case 'nginx':
    case 'text': {
      const stamp = at.slice(0, 23).replace('T', ' ');
      const rest = Object.entries(fields).map(([key, value]) => `, ${key} ${value}`);
      const text = `${stamp} ${level.padEnd(5)} [${pod.workload.name}] ${message}${rest.join('')}`;
      return level === 'ERROR' && pod.workload.language === 'java' ? `${text}${stackTrace(message)}` : text;
    }
  }
}

function stackTrace(message: string): string {
  return `\ncom.shop.ServiceException: ${message}\n\tat com.shop.ledger.BookService.book(BookService.java:87)\n\tat com.shop.grpc.Dispatcher.call(Dispatcher.java:41)`;
}

/** The access log, which has no levels, and the error log, which has them in the line. */
function nginxLines({ operation, path, outcome }: ServedRequest, time: bigint, random: Random): Line[] {
  const base = { time, saysLevel: false, form: 'nginx', attributes: {} } as const;
  const client = `10.4.${random.below(8)}.${1 + random.below(250)}`;
  const [, year, month, day, clock] = /^(\d+)-(\d\d)-(\d\d)T(.{8})/.exec(isoTime(time)) ?? [];
  const monthName = 'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(Number(month) * 3 - 3, Number(month) * 3);
  const request = `"${operation.method} ${path} HTTP/1.1"`;
  const bytes = 200 + random.below(20_000);
  const access: Line = {
    ...base,
    level: undefined,
    body: `${client} - - [${day}/${monthName}/${year}:${clock} +0000] ${request} ${outcome.code} ${bytes} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
  };
  if (outcome.failure === undefined) return [access];
  const error: Line = {
    ...base,
    level: 'ERROR',
    body: `${year}/${month}/${day} ${clock} [error] 31#31: *${random.below(100_000)} ${outcome.failure}, client: ${client}, request: ${request}`,
  };
  return [error, access];
}

/** ISO 8601 in UTC with so many digits after the second. */
function isoTime(time: bigint, digits = 3): string {
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  return `${second}.${String(time % 1_000_000_000n)
    .padStart(9, '0')
    .slice(0, digits)}Z`;
}
