/** A state is always a shape and a word; colour only repeats them. */

import type { Header } from "~/api/types";

export type Look = "active" | "waiting" | "done" | "incident" | "undoing" | "undone" | "cancelled";

const SHAPES: Record<Look, string> = {
  active: "",
  waiting: "hollow",
  done: "square",
  incident: "triangle",
  undoing: "dashed",
  undone: "dashed",
  cancelled: "hollow",
};

export function State({ look, word, boxed }: { look: Look; word: string; boxed?: boolean }) {
  return (
    <span class={`badge is-${look} ${boxed ? "boxed" : ""}`}>
      <span class={`dot ${SHAPES[look]}`} />
      {word}
    </span>
  );
}

const WAITING = { person: "Waits for a person", message: "Waits for a message", timer: "Waits for a timer" };

type Stated = Pick<Header, "state" | "incidents" | "undoing"> &
  Partial<Pick<Header, "waiting" | "undone" | "archived">>;

export function stateOf(header: Stated): { look: Look; word: string } {
  if (header.state === "active") {
    if (header.incidents > 0)
      return { look: "incident", word: header.incidents === 1 ? "Incident" : `${header.incidents} incidents` };
    if (header.undoing) return { look: "undoing", word: "Undoing" };
    if (header.waiting) return { look: "waiting", word: WAITING[header.waiting] };
    return { look: "active", word: "Running" };
  }
  const words = {
    suspended: { look: "waiting", word: "Suspended" },
    completed: { look: "done", word: "Completed" },
    terminated: { look: "cancelled", word: "Terminated" },
    cancelled: { look: "cancelled", word: "Cancelled" },
    compensated: { look: "undone", word: "Undone" },
  } as const;
  // What has undone its work is not done, however it ended.
  const { look, word } = words[header.state === "completed" && header.undone ? "compensated" : header.state];
  return { look, word: header.archived ? `${word}, archived` : word };
}
