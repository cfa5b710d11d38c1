/** What an answer said beside its value. */
export interface Annotations {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const mostTexts = 50;
const longestText = 1_000;

/** Prometheus' own warnings and infos: made of the query and of the series that it read. */
const ofPromql = /^PromQL (warning|info): /;

/** What stands for all that is not about the query: such texts may name hosts of the store. */
const ofTheStore = 'The metrics store gave a warning of its own; its operator finds it in the log.';
const partial = 'The answer is incomplete: a part of the metrics store did not answer.';

export interface AnnotationOptions {
  /** Moves the place that a text ends with to the client's own query. */
  readonly place: (text: string) => string;
  /** Takes the texts that no client sees. */
  readonly log: (texts: readonly string[]) => void;
}

/** The warnings and infos of an answer, as a client may see them: Prometheus' texts, each once. */
export function annotationsOf(
  answer: Annotations & { readonly isPartial: boolean },
  { place, log }: AnnotationOptions,
): Annotations {
  const found = { warning: new Set<string>(), info: new Set<string>() };
  const foreign: string[] = [];
  // Prometheus 2 lists both kinds as warnings.
  for (const text of [...answer.warnings, ...answer.infos].slice(0, mostTexts)) {
    const [, kind] = ofPromql.exec(text) ?? [];
    if (kind === 'warning' || kind === 'info') found[kind].add(place(text.slice(0, longestText)));
    else foreign.push(text.slice(0, longestText));
  }
  if (foreign.length > 0) {
    log(foreign);
    found.warning.add(ofTheStore);
  }
  if (answer.isPartial) found.warning.add(partial);
  return { warnings: [...found.warning], infos: [...found.info] };
}
