/** The same thing done to many instances, a few at a time: the answer says how many it worked for. */

export interface Outcome {
  done: number;
  failed: number;
  /** Why the first of those that failed did. */
  reason: string | null;
}

const AT_ONCE = 4;

export async function doForEach(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  onProgress: (outcome: Outcome) => void,
): Promise<Outcome> {
  let outcome: Outcome = { done: 0, failed: 0, reason: null };
  const left = [...ids];
  const work = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await act(id);
        outcome = { ...outcome, done: outcome.done + 1 };
      } catch (error) {
        const reason = outcome.reason ?? (error instanceof Error ? error.message : String(error));
        outcome = { ...outcome, failed: outcome.failed + 1, reason };
      }
      onProgress(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}
