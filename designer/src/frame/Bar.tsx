import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export interface Crumb {
  label: string;
  href?: string;
  /** What has called the process that is shown. */
  isCaller?: boolean;
}

interface Props {
  crumbs: Crumb[];
  title: string;
  badge?: ComponentChildren;
  children?: ComponentChildren;
}

/** Where I am, what state it is in, what I can do. */
export function Bar({ crumbs, title, badge, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Baton`;
  }, [title]);
  return (
    <header class="bar">
      <ol class="crumbs">
        {crumbs.map((it) => (
          <li key={it.href ?? it.label} class={it.isCaller ? "is-caller" : ""}>
            {it.href ? <a href={it.href}>{it.label}</a> : <span class="secondary">{it.label}</span>}
          </li>
        ))}
        <li>
          <h1>{title}</h1>
        </li>
      </ol>
      {badge}
      <div class="actions">{children}</div>
    </header>
  );
}
