import { type BuiltinField, builtinField, type Signal } from '../fields.ts';

/** Names that other products give to what a field here holds, folded as `fold` does. */
const both: Readonly<Record<string, string>> = {
  time: 'timestamp',
  ts: 'timestamp',
  date: 'timestamp',
  datetime: 'timestamp',
  clustername: 'cluster',
  ns: 'namespace',
  namespacename: 'namespace',
  podnamespace: 'namespace',
  app: 'service',
  application: 'service',
  svc: 'service',
  deployment: 'workload',
  deploymentname: 'workload',
  statefulset: 'workload',
  daemonset: 'workload',
  podname: 'pod_name',
  hostname: 'node_name',
  instance: 'pod_name',
  version: 'app_version',
  serviceversion: 'app_version',
  trace: 'trace_id',
  span: 'span_id',
};

const otherNames: Readonly<Record<Signal, Readonly<Record<string, string>>>> = {
  logs: {
    ...both,
    text: 'body',
    textpayload: 'body',
    msg: 'body',
    content: 'body',
    line: 'body',
    loglevel: 'level',
    lvl: 'level',
    severitytext: 'level',
    severitynumber: 'level',
    status: 'level',
    error: 'level',
    size: 'body_length',
  },
  traces: {
    ...both,
    latency: 'duration',
    elapsed: 'duration',
    responsetime: 'duration',
    durationns: 'duration',
    durationnano: 'duration',
    starttime: 'timestamp',
    error: 'status',
    level: 'status',
    statuscode: 'return_code',
    httpstatus: 'return_code',
    httpstatuscode: 'return_code',
    code: 'return_code',
    httpmethod: 'subtype',
    operation: 'operation_name',
    spankind: 'role',
    endpoint: 'clustered_resource',
    route: 'clustered_resource',
    httproute: 'clustered_resource',
    path: 'clustered_resource',
    url: 'clustered_resource',
    type: 'protocol_type',
    parent: 'parent_span_id',
    parentid: 'parent_span_id',
  },
};

const fold = (name: string): string => name.toLowerCase().replaceAll(/[\s_\-./]/g, '');

/**
 * The field that a name of another product stands for: by the name itself, or without what is in front of it
 * (`resource.labels.namespace_name`, `kubernetes_pod_name`, `logs.level`).
 */
export function knownField(name: string, signal: Signal): BuiltinField | undefined {
  const parts = name.replace(/^@/, '').split(/[._]/);
  for (let skipped = 0; skipped < Math.min(parts.length, 4); skipped++) {
    const rest = parts.slice(skipped);
    const folded = fold(rest.join('_'));
    const other = Object.entries(otherNames[signal]).find(([key]) => key === folded)?.[1];
    const known = builtinField(signal, rest.join('_').toLowerCase()) ?? builtinField(signal, other ?? '');
    if (known !== undefined) return known;
  }
  return undefined;
}

/** The condition that a name of another product is by itself, when it is compared with true or false. */
export function knownCondition(name: string, value: string, signal: Signal): string | undefined {
  if (!/^(?:is|has)?error$/.test(fold(name)) || !/^(?:true|false|1|0)$/i.test(value)) return undefined;
  const isError = /^(?:true|1)$/i.test(value);
  if (signal === 'logs') return isError ? 'level >= ERROR' : 'level < ERROR';
  return isError ? 'status = error' : 'status = ok';
}
