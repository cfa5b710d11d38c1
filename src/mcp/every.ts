/** Runs something again and again, until the function that it returns is called. */
export type Every = (ms: number, run: () => void) => () => void;

/** By a timer that does not keep the process alive. */
export const everyInterval: Every = (ms, run) => {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => clearInterval(timer);
};

/** How often an open session is looked after: a key that ends takes its sessions with it within this time. */
export const sweepMs = 10_000;
