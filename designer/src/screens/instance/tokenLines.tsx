/** How a token is described, among those of the instance and at its element. */

import { type Awaited, type Token, tokenLook } from "~/live/view";
import { Until } from "~/ui/basics";
import { State } from "~/ui/state";

export const SHOWN = 30;

export function More({ count }: { count: number }) {
  return count > 0 ? <li class="small secondary">and {count.toLocaleString("en")} more</li> : null;
}

const WORDS = { incident: "Incident", undoing: "Undoing", waiting: "Waiting", active: "Active" };

export function TokenState({ token }: { token: Token }) {
  const look = tokenLook(token);
  return <State look={look} word={WORDS[look]} />;
}

/** What must come for the token to go on, and what may come at its boundary. */
export function Waits({ token, now, name }: { token: Token; now: number; name: (element: string) => string }) {
  return (
    <>
      {token.awaited.map((it) => (
        <span key={it.id} class="line small secondary">
          <span class="grow clip">{words(it, token, name)}</span>
          {it.due && <Until at={it.due} now={now} />}
        </span>
      ))}
    </>
  );
}

function words(it: Awaited, token: Token, name: (element: string) => string): string {
  const at = it.element === token.element ? "" : ` (${name(it.element)})`;
  switch (it.kind) {
    case "work":
      return `A worker on ${it.name}`;
    case "person":
      return it.name ? `${it.name} to do it` : "Somebody to claim it";
    case "message":
      return `Message ${it.name}`;
    case "signal":
      return `Signal ${it.name}`;
    case "conditional":
      return `A condition${at}`;
    case "trigger":
      return "A request to continue";
    case "timer":
      return `A time${at}`;
    default:
      return `The engine${at}`;
  }
}
