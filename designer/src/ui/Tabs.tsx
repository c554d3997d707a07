export interface TabEntry<T extends string> {
  id: T;
  label: string;
  count?: number | undefined;
  bad?: boolean;
}

interface Props<T extends string> {
  label: string;
  tabs: TabEntry<T>[];
  current: T;
  onSelect: (id: T) => void;
}

export function Tabs<T extends string>({ label, tabs, current, onSelect }: Props<T>) {
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const at = tabs.findIndex((it) => it.id === current);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={keys}>
      {tabs.map((it) => (
        <button
          type="button"
          role="tab"
          key={it.id}
          id={`tab-${it.id}`}
          data-tab={it.id}
          class="tab"
          aria-selected={it.id === current}
          tabIndex={it.id === current ? 0 : -1}
          onClick={() => onSelect(it.id)}
        >
          {it.label}
          {it.count !== undefined && it.count > 0 && <span class={`count ${it.bad ? "bad" : ""}`}>{it.count}</span>}
        </button>
      ))}
    </div>
  );
}
