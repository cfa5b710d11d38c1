/** What is remembered: so many names, none of them longer. */
const mostNames = 10_000;
const longestName = 256;

/**
 * Names of attributes as names of Prometheus' labels: what is no ASCII letter or digit becomes `_`, several
 * of them one, and a digit in front gets `key_` before it. So no attribute can be one of the labels that
 * begin with `__`, such as the metric's name.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export class LabelNames {
  readonly #names = new Map<string, string>();

  of(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known !== undefined) return known;
    const name = attribute.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^(?=[0-9])/, 'key_');
    if (attribute.length > longestName) return name;
    if (this.#names.size >= mostNames) this.#names.clear();
    this.#names.set(attribute, name);
    return name;
  }
}
