/** Moments as `<input type="datetime-local">` writes them: the reader's own clock, without a zone. Pure. */

const two = (n: number) => String(n).padStart(2, "0");
const MORNING = 9;

export const toInput = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

/** The morning of the day that is so many days ahead. */
export const inDays = (from: Date, days: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, MORNING);
