import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "~/api/http";
import { copy } from "./copy";
import { absolute, ago, duration, shortId } from "./format";

/** The time now, renewed every few seconds, so that «3 min ago» stays true. */
export function useNow(every = 5000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function Ago({ at, now }: { at: string; now: number }) {
  return (
    <time dateTime={at} title={absolute(at)}>
      {ago(now - Date.parse(at))}
    </time>
  );
}

/** Of a moment to come how long until then; of one that has passed, the moment. */
export function Until({ at, now }: { at: string; now: number }) {
  const left = Date.parse(at) - now;
  return (
    <time dateTime={at} title={absolute(at)}>
      {left > 0 ? `in ${duration(left)}` : absolute(at)}
    </time>
  );
}

export function Id({ id }: { id: string }) {
  return (
    <button type="button" class="copy" title={`${id}: click to copy`} onClick={() => void copy(id, "the whole id")}>
      {shortId(id)}
      <span class="visually-hidden">, copy the whole id</span>
    </button>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="nothing">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div class="row">{action}</div>}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading {what}</span>
      {[72, 88, 64, 80].map((width) => (
        <i key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

interface FailedProps {
  what: string;
  error: Error;
  again?: () => void;
  /** Where the others are, if there is no such one. */
  others?: string;
}

export function Failed({ what, error, again, others }: FailedProps) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div class="nothing" role="alert">
      <h2>{missing ? `There is no such ${what.replace(/^(this|the) /, "")}` : `Could not load ${what}`}</h2>
      <p>{error.message}</p>
      <div class="row">
        {!missing && again && (
          <button type="button" class="button" onClick={again}>
            Try again
          </button>
        )}
        {missing && others && (
          <a class="button" href={others}>
            Show all
          </a>
        )}
      </div>
    </div>
  );
}

/** The head of a column of buttons. */
export function ActionsHead() {
  return (
    <th>
      <span class="visually-hidden">Actions</span>
    </th>
  );
}
