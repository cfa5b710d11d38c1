export interface MetricServer {
  readonly url: string;
  readonly pid: number;
  /** The folder of its data. */
  readonly data: string;
  stop(): Promise<void>;
}

export class NoProgramError extends Error {}

/** @throws NoProgramError */
export function startPrometheus(): Promise<MetricServer>;

/** @throws NoProgramError */
export function startVictoriaMetrics(): Promise<MetricServer>;

/** @throws NoProgramError */
export function findProgram(name: 'prometheus' | 'victoria-metrics'): string;
