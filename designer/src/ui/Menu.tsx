import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { may, useSession, type Whose } from "~/frame/session";
import { Icon } from "./icons";

export interface MenuEntry {
  label: string;
  run: () => void;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  ruleBefore?: boolean;
  /** The permission that it takes. */
  needs?: string;
  whose?: Whose | undefined;
}

function step(list: HTMLElement, by: number): void {
  const items = [...list.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items[(at + by + items.length) % items.length]?.focus();
}

export function Menu({ label, entries }: { label: string; entries: MenuEntry[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const session = useSession();
  const isMissing = ({ needs, whose }: MenuEntry) => needs !== undefined && !may(session, needs, whose);
  useLayoutEffect(() => {
    if (!open) return;
    list.current?.querySelector("button")?.focus();
    const outside = (event: MouseEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener("mousedown", outside);
    return () => document.removeEventListener("mousedown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (!list.current || !["ArrowDown", "ArrowUp", "Escape", "Tab"].includes(event.key)) return;
    if (event.key === "Tab") return setOpen(false);
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") close();
    else step(list.current, event.key === "ArrowDown" ? 1 : -1);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys pressed in the button and in the list arrive here.
    <div class="menu" ref={root} onKeyDown={keys}>
      <button
        type="button"
        class="button icon"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" size={18} />
      </button>
      {open && (
        <div class="menu-list" role="menu" aria-label={label} ref={list}>
          {entries.map((it) => (
            <>
              {it.ruleBefore && <div class="menu-rule" role="separator" />}
              <button
                type="button"
                role="menuitem"
                key={it.label}
                disabled={it.disabled || isMissing(it)}
                class={`menu-item ${it.danger ? "danger" : ""}`}
                onClick={() => {
                  close();
                  it.run();
                }}
              >
                {it.label}
                {isMissing(it) ? <kbd>needs {it.needs}</kbd> : it.keys && <kbd>{it.keys}</kbd>}
              </button>
            </>
          ))}
        </div>
      )}
    </div>
  );
}
