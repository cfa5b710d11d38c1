import type { Pod } from './pods.ts';
import type { Workload } from './workloads.ts';

/** Where and when something is wrong. */
interface Planted {
  readonly workload: string;
  /** Absent: in all clusters. */
  readonly cluster?: string;
  /** `[from, to)`, ns since the epoch. */
  readonly from: bigint;
  readonly to: bigint;
}

/** Something that goes wrong in the shop, as data. */
export type Fault = Planted &
  (
    | {
        /** The CPU limit is too low: what the workload does itself takes `slowdown` times as long. */
        readonly kind: 'starved cpu';
        readonly slowdown: number;
      }
    | {
        /** Calls to the workload take longer on the way, in ms each; it does not see that itself. */
        readonly kind: 'delayed network';
        readonly delayMs: number;
      }
    | {
        /** A part of the requests fails in a way that was not seen before. */
        readonly kind: 'new error';
        readonly share: number;
        readonly message: string;
      }
    | {
        /** One piece of code takes longer: the internal span of that name, by so many ms. */
        readonly kind: 'slow code';
        readonly span: string;
        readonly addedMs: number;
      }
    | {
        /** New pods of another version take a part of the requests, and fail more often. */
        readonly kind: 'bad rollout';
        readonly version: string;
        readonly share: number;
        readonly errorRate: number;
        readonly message: string;
      }
  );

export type FaultKind = Fault['kind'];

/** The faults of one kind that a workload of a cluster has at a time, ns since the epoch. */
export function faultsOf<Kind extends FaultKind>(
  faults: readonly Fault[],
  kind: Kind,
  workload: Workload,
  cluster: string,
  time: bigint,
): Extract<Fault, { kind: Kind }>[] {
  return faults.filter(
    (fault): fault is Extract<Fault, { kind: Kind }> =>
      fault.kind === kind &&
      fault.workload === workload.name &&
      (fault.cluster === undefined || fault.cluster === cluster) &&
      fault.from <= time &&
      time < fault.to,
  );
}

/** How often a pod's own requests fail, and with what. */
export interface FailureCause {
  readonly share: number;
  readonly messages: readonly string[];
}

/** The reasons for which requests of a pod fail at a time. */
export function failureCauses(faults: readonly Fault[], pod: Pod, time: bigint): FailureCause[] {
  const { workload, cluster } = pod;
  const rollout = faultsOf(faults, 'bad rollout', workload, cluster.name, time).find(
    ({ version }) => version === pod.version,
  );
  return [
    rollout === undefined
      ? { share: workload.errorRate, messages: workload.errors }
      : { share: rollout.errorRate, messages: [rollout.message] },
    ...faultsOf(faults, 'new error', workload, cluster.name, time).map(({ share, message }) => ({
      share,
      messages: [message],
    })),
  ];
}
