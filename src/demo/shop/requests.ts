import { type Fault, failureCauses, faultsOf } from './faults.ts';
import { requestLines } from './log-lines.ts';
import {
  type Operation,
  type OperationName,
  type Outcome,
  operations,
  type Step,
  spanName,
} from './operations.ts';
import type { Pod, Pods } from './pods.ts';
import type { Random } from './random.ts';
import type { Attributes, ShopLog, ShopSpan, SpanKind } from './records.ts';
import { type Cluster, type Workload, workloadsOf } from './workloads.ts';

/** CPU time that a pod spent. */
export interface Work {
  readonly pod: Pod;
  readonly ms: number;
}

/** What one request from outside left behind. */
export interface RequestRecords {
  readonly spans: readonly ShopSpan[];
  readonly logs: readonly ShopLog[];
  readonly work: readonly Work[];
}

export interface RequestContext {
  readonly pods: Pods;
  readonly faults: readonly Fault[];
  readonly random: Random;
  readonly cluster: Cluster;
  /** When the request comes in, ns since the epoch. */
  readonly time: bigint;
  /** The pod that serves it; absent: one of its service. */
  readonly pod?: Pod;
}

/** Lets a request run through the shop. */
export function runRequest(operation: OperationName, context: RequestContext): RequestRecords {
  const run = new Run(context);
  run.serve(operation, { spanId: '', at: 0, pod: context.pod });
  return run;
}

/** A server's error; 404 is none. */
interface Failure {
  readonly code: number;
  readonly message: string;
}

interface Call {
  readonly spanId: string;
  /** When it arrives, ns since the request came in. */
  readonly at: number;
  readonly pod: Pod | undefined;
}

interface Served extends Outcome {
  readonly end: number;
}

const ms = 1_000_000;
const networkMs = 0.25;

class Run implements RequestRecords {
  readonly spans: ShopSpan[] = [];
  readonly logs: ShopLog[] = [];
  readonly work: Work[] = [];
  readonly #context: RequestContext;
  readonly #random: Random;
  readonly #traceId: string;
  /** Attributes of whoever asks, which the shop's own services put on their records. */
  readonly #customer: Attributes;

  constructor(context: RequestContext) {
    this.#context = context;
    this.#random = context.random;
    this.#traceId = this.#random.hex(32);
    this.#customer = { 'customer.id': `c-${1000 + this.#random.below(400)}` };
  }

  serve(name: OperationName, call: Call): Served {
    const operation = operations[name];
    const pod = call.pod ?? this.#podOf(operation.service, call.at);
    const spanId = this.#random.hex(16);
    const serving = new Serving(this, pod, spanId, call.at);
    const failure = serving.run(operation);
    const end = serving.now;
    const notFound = failure?.code === 404;
    const outcome: Outcome = {
      code: failure?.code ?? (operation.protocol === 'HTTP' ? 200 : 0),
      failure: failure === undefined || notFound ? undefined : failure.message,
    };
    const path = pathOf(operation, this.#random);
    this.addSpan({
      pod,
      spanId,
      parentSpanId: call.spanId,
      name: spanName(operation),
      kind: kindOf(operation),
      start: call.at,
      end,
      message: outcome.failure,
      attributes: { ...attributesOf(operation, outcome.code, path), ...this.#customer },
    });
    const { time } = this.#context;
    const duration = end - call.at;
    const served = { operation, path, outcome, duration, customer: this.#customer };
    for (const line of requestLines(pod, served, time + BigInt(end), this.#random)) {
      this.logs.push({ ...line, pod, traceId: this.#traceId, spanId });
    }
    return { ...outcome, end };
  }

  /** A call over the network to a service of the shop. */
  call(from: Pod, parentSpanId: string, name: OperationName, at: number): Served {
    const operation = operations[name];
    const pod = this.#podOf(operation.service, at);
    const spanId = this.#random.hex(16);
    const delayed = this.#faults('delayed network', pod.workload, at).reduce(
      (sum, { delayMs }) => sum + delayMs,
      0,
    );
    const arrival = at + Math.round((this.#random.around(networkMs) + delayed) * ms);
    const served = this.serve(name, { spanId, at: arrival, pod });
    const end = served.end + Math.round(this.#random.around(networkMs) * ms);
    const host = `${operation.service}.${pod.workload.namespace}.svc.cluster.local`;
    this.addSpan({
      pod: from,
      spanId,
      parentSpanId,
      name: operation.protocol === 'HTTP' ? operation.method : spanName(operation),
      kind: 'client',
      start: at,
      end,
      message:
        served.code >= 400 || served.failure !== undefined ? (served.failure ?? 'not found') : undefined,
      attributes: { ...protocolOf(operation, served.code), 'server.address': host },
    });
    return { ...served, end };
  }

  addSpan(span: {
    readonly pod: Pod;
    readonly spanId: string;
    readonly parentSpanId: string;
    readonly name: string;
    readonly kind: SpanKind;
    readonly start: number;
    readonly end: number;
    readonly message: string | undefined;
    readonly attributes: Attributes;
  }): void {
    const { start, end, message, ...rest } = span;
    this.spans.push({
      ...rest,
      traceId: this.#traceId,
      start: this.#context.time + BigInt(start),
      duration: end - start,
      failed: message !== undefined,
      message: message ?? '',
    });
  }

  /** ns that so many ms of a pod's own work take, which vary and are longer where it lacks CPU. */
  workFor(pod: Pod, median: number, at: number): number {
    const taken = this.#random.around(median);
    this.work.push({ pod, ms: taken });
    const slowdown = this.#faults('starved cpu', pod.workload, at).reduce(
      (all, { slowdown }) => all * slowdown,
      1,
    );
    return Math.round(taken * slowdown * ms);
  }

  addedTo(span: string, pod: Pod, at: number): number {
    const slow = this.#faults('slow code', pod.workload, at).filter((fault) => fault.span === span);
    return slow.reduce((sum, { addedMs }) => sum + addedMs, 0);
  }

  /** Why the request fails in this pod; undefined where it does not. */
  ownFailure(pod: Pod, at: number): string | undefined {
    const { faults, time } = this.#context;
    for (const { share, messages } of failureCauses(faults, pod, time + BigInt(at))) {
      if (this.#random.chance(share)) return this.#random.pick(messages);
    }
    return undefined;
  }

  get random(): Random {
    return this.#random;
  }

  #podOf(service: string, at: number): Pod {
    const { pods, cluster } = this.#context;
    const workload = this.#random.pickWeighted(workloadsOf(service));
    const rollout = this.#faults('bad rollout', workload, at).find(({ share }) => this.#random.chance(share));
    return this.#random.pick(pods.of(cluster, workload, rollout?.version));
  }

  #faults<Kind extends Fault['kind']>(kind: Kind, workload: Workload, at: number) {
    const { faults, cluster, time } = this.#context;
    return faultsOf(faults, kind, workload, cluster.name, time + BigInt(at));
  }
}

/** One request in one pod, step after step. */
class Serving {
  /** ns since the request came in from outside. */
  now: number;
  readonly #run: Run;
  readonly #pod: Pod;
  readonly #spanId: string;

  constructor(run: Run, pod: Pod, spanId: string, at: number) {
    this.#run = run;
    this.#pod = pod;
    this.#spanId = spanId;
    this.now = at;
  }

  run(operation: Operation): Failure | undefined {
    const { random } = this.#run;
    const own = this.#run.ownFailure(this.#pod, this.now);
    const failsAt = own === undefined ? undefined : random.below(operation.steps.length);
    const notFound = random.chance(operation.notFound ?? 0);
    const isHttp = operation.protocol === 'HTTP';
    for (const [i, step] of operation.steps.entries()) {
      const failure = this.#step(step);
      if (failure !== undefined) return { ...failure, code: isHttp ? failure.code : 14 };
      if (i === failsAt && own !== undefined) {
        return { code: isHttp ? (random.chance(0.2) ? 503 : 500) : 13, message: own };
      }
      if (notFound) return { code: 404, message: 'not found' };
    }
    return undefined;
  }

  #step(step: Step): Failure | undefined {
    const { random } = this.#run;
    switch (step.do) {
      case 'work':
        this.now += this.#run.workFor(this.#pod, step.ms, this.now);
        return undefined;
      case 'compute': {
        const added = Math.round(this.#run.addedTo(step.name, this.#pod, this.now) * ms);
        this.#span('internal', step.name, this.#run.workFor(this.#pod, step.ms, this.now) + added, {});
        return undefined;
      }
      case 'call': {
        const { code, failure, end } = this.#run.call(this.#pod, this.#spanId, step.operation, this.now);
        this.now = end;
        if (failure === undefined) return undefined;
        return {
          code: code === 504 ? 504 : 502,
          message: `${operations[step.operation].service} failed: ${failure}`,
        };
      }
      case 'query':
        this.#span('client', `${step.operation} ${step.target}`, Math.round(random.around(step.ms) * ms), {
          'db.system.name': step.system,
          'db.operation.name': step.operation,
          'db.collection.name': step.target,
          'server.address': step.server,
        });
        return undefined;
      case 'publish': {
        const spanId = this.#span('producer', `send ${step.topic}`, Math.round(random.around(2) * ms), {
          'messaging.system': 'kafka',
          'messaging.operation.type': 'send',
          'messaging.destination.name': step.topic,
        });
        for (const consumer of step.consumers) {
          const at = this.now + Math.round(random.around(80) * ms);
          this.#run.serve(consumer, { spanId, at, pod: undefined });
        }
        return undefined;
      }
      case 'resolve':
        this.#span('client', `DNS ${step.host}`, Math.round(random.around(step.ms) * ms), {
          'dns.question.name': step.host,
        });
        return undefined;
      case 'external': {
        const stalls = random.chance(step.stalls);
        const taken = stalls ? 5000 + 4000 * random.fraction() : random.around(step.ms);
        const message = stalls ? `timeout: ${step.host} did not answer` : undefined;
        const attributes = {
          'http.request.method': step.method,
          'url.full': `https://${step.host}${step.path}`,
          'server.address': step.host,
          'http.response.status_code': stalls ? 504 : 200,
        };
        this.#span('client', step.method, Math.round(taken * ms), attributes, message);
        return message === undefined ? undefined : { code: 504, message };
      }
    }
  }

  /** A span of this pod that begins now; its id. */
  #span(kind: SpanKind, name: string, duration: number, attributes: Attributes, message?: string): string {
    const spanId = this.#run.random.hex(16);
    const start = this.now;
    this.now += duration;
    const place = { pod: this.#pod, spanId, parentSpanId: this.#spanId };
    this.#run.addSpan({ ...place, name, kind, start, end: this.now, message, attributes });
    return spanId;
  }
}

function kindOf({ protocol }: Operation): SpanKind {
  if (protocol === 'job') return 'internal';
  return protocol === 'Kafka' ? 'consumer' : 'server';
}

function pathOf({ route }: Operation, random: Random): string {
  return route
    .replace('{id}', String(1 + random.below(500)))
    .replace('{name}', random.pick(['daily', 'weekly', 'by-country']));
}

function protocolOf({ protocol, method, route }: Operation, code: number): Attributes {
  switch (protocol) {
    case 'HTTP':
      return { 'http.request.method': method, 'http.response.status_code': code };
    case 'gRPC':
      return {
        'rpc.system': 'grpc',
        'rpc.service': route,
        'rpc.method': method,
        'rpc.grpc.status_code': code,
      };
    case 'Kafka':
      return {
        'messaging.system': 'kafka',
        'messaging.operation.type': method,
        'messaging.destination.name': route,
      };
    case 'job':
      return {};
  }
}

function attributesOf(operation: Operation, code: number, path: string): Attributes {
  const isHttp = operation.protocol === 'HTTP';
  return {
    ...protocolOf(operation, code),
    ...(isHttp && { 'http.route': operation.route, 'url.path': path }),
  };
}
