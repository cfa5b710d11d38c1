/** What a sender of metrics is told where they are read from another store. */
export const metricsElsewhere =
  'no metrics are stored here: they are read from the Prometheus-compatible store of KUBESENSE_PROMETHEUS_URL; send them there';
