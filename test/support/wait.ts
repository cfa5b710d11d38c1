/**
 * Waits until `condition` gives something other than `undefined` or `false`, and gives that. Throws past
 * the deadline (milliseconds) with what it waited for.
 */
export async function waitFor<T>(
  what: string,
  deadline: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > end) throw new Error(`Waited ${deadline} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
