/** Days and moments as people write them in every screen: 24 hours, the reader's own clock, without a zone. Pure. */

export type MomentKind = "date" | "datetime";

const two = (n: number) => String(n).padStart(2, "0");
const MORNING = 9;
const NOON = 12;

/** How a moment is written, for the field itself and for who has written it otherwise. */
export const SHAPES: Record<MomentKind, string> = { date: "YYYY-MM-DD", datetime: "YYYY-MM-DD HH:MM" };

const WRITTEN = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?$/;

export const writeDay = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

export const writeMoment = (at: Date, kind: MomentKind): string =>
  kind === "date" ? writeDay(at) : `${writeDay(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;

/** The moment that a text means; null for what is none, such as 2026-02-30. A day without a time is its beginning. */
export function readMoment(text: string): Date | null {
  const parts = WRITTEN.exec(text.trim());
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map((it) => Number(it ?? 0));
  const at = new Date(year, month - 1, day, hour, minute);
  const isSame = at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60;
  return isSame ? at : null;
}

/** The text in the form of the field, if it means something. */
export function tidy(text: string, kind: MomentKind): string {
  const at = readMoment(text);
  return at ? writeMoment(at, kind) : text.trim();
}

/** What is wrong with the text, as a sentence. Empty: nothing. */
export function explainMoment(text: string, kind: MomentKind): string {
  if (!text.trim() || readMoment(text)) return "";
  return kind === "date"
    ? `Write a day as ${writeDay(new Date())}.`
    : `Write day and time as ${writeMoment(new Date(), kind)}.`;
}

/** The day that was picked, at the time that the text had, else in the morning. */
export function pickDay(day: Date, text: string, kind: MomentKind): string {
  if (kind === "date") return writeDay(day);
  const time = /\d{1,2}:\d{2}/.exec(text)?.[0];
  return tidy(`${writeDay(day)} ${time ?? `${two(MORNING)}:00`}`, kind);
}

/** The morning of the day that is so many days ahead. */
export const inDays = (from: Date, days: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, MORNING);

/** So many days on. At noon, where no clock is put forward or back. */
export const moveDays = (from: Date, days: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, NOON);

/** The same day in another month, or that month's last. */
export function moveMonths(from: Date, months: number): Date {
  const last = new Date(from.getFullYear(), from.getMonth() + months + 1, 0).getDate();
  return new Date(from.getFullYear(), from.getMonth() + months, Math.min(from.getDate(), last), NOON);
}

const WEEK = 7;

/** Which day of its week it is: Monday is 0. */
export const weekday = (at: Date): number => (at.getDay() + WEEK - 1) % WEEK;

/** The weeks that a month touches, from Monday to Sunday. */
export function weeksOf(month: Date): Date[][] {
  const first = new Date(month.getFullYear(), month.getMonth(), 1, NOON);
  const last = new Date(month.getFullYear(), month.getMonth() + 1, 0, NOON);
  const before = weekday(first);
  const weeks = Math.ceil((before + last.getDate()) / WEEK);
  return Array.from({ length: weeks }, (_week, row) =>
    Array.from({ length: WEEK }, (_day, column) => moveDays(first, row * WEEK + column - before)),
  );
}
