/** A page that collects what it throws. */
type TestPage = import("playwright-core").Page & { errors: string[] };

interface Window {
  /** Tokens seen running along flows since the page was loaded or `forgetRuns`. */
  runs: { active: number; undoing: number };
  /** Marks seen on elements, "<element> mark-<state>", in the order in which they came. */
  marks: string[];
  /** Milliseconds from an event to the picture of its row, since a scenario began to note them. */
  lateness: number[];
  /** When each frame was painted, in milliseconds, since a scenario began to count them. */
  painted: number[];
  /** How often the page has said how long its history is, since a scenario began to count. */
  said: number;
  /** How many lights of flows have come, since a scenario began to count. */
  lights: number;
  axe: typeof import("axe-core");
}
