import type { Inside } from "./useInside";

/** As many as fit into one line. */
const MOST = 6;

/** The way into called processes and back, over the diagram. */
export function InsideBar({ inside }: { inside: Inside }) {
  const { way, running, enter } = inside;
  if (way.length < 2 && running.length === 0) return null;
  const left = running.length - MOST;
  return (
    <nav class="inside-bar" aria-label="Called processes">
      {way.length > 1 && (
        <ol class="crumbs">
          {way.map((it, index) => (
            <li key={it.process} class="is-caller">
              {index < way.length - 1 ? (
                <button type="button" class="linkish" onClick={() => enter(it.process)}>
                  {it.name}
                </button>
              ) : (
                <span aria-current="page">{it.name}</span>
              )}
            </li>
          ))}
        </ol>
      )}
      {running.slice(0, MOST).map((it) => (
        <button key={it.process} type="button" class="button slim" onClick={() => enter(it.process)}>
          Look into {it.name}
        </button>
      ))}
      {left > 0 && <span class="small secondary">and {left} more: double-click the call</span>}
    </nav>
  );
}
