/** From figures over time to the places of bars in a small chart. Pure. */

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The least height of a bar that is not zero, so that one of a thousand is still seen. */
const LEAST = 1.5;

/** A bar for each value, from the left, on a ground at `height`; none where there is no value. */
export function barsOf(
  values: readonly (number | null)[],
  most: number,
  width: number,
  height: number,
): (Bar | null)[] {
  const step = width / Math.max(1, values.length);
  return values.map((value, place) => {
    if (!value || most <= 0) return null;
    const tall = Math.max(LEAST, (value / most) * height);
    return { x: place * step + step * 0.15, y: height - tall, width: step * 0.7, height: tall };
  });
}

export const mostOf = (...series: readonly (number | null)[][]): number =>
  Math.max(0, ...series.flat().map((it) => it ?? 0));
