import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons";
import { moveDays, moveMonths, weekday, weeksOf, writeDay } from "./written";
import "~/styles/moment.css";

const WEEK = 7;
const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const GAP = 4;

const monthOf = (day: Date) => day.toLocaleDateString("en", { month: "long", year: "numeric" });

/** Where the arrow keys and their neighbours lead. */
const KEYS: Record<string, (from: Date) => Date> = {
  ArrowLeft: (from) => moveDays(from, -1),
  ArrowRight: (from) => moveDays(from, 1),
  ArrowUp: (from) => moveDays(from, -WEEK),
  ArrowDown: (from) => moveDays(from, WEEK),
  Home: (from) => moveDays(from, -weekday(from)),
  End: (from) => moveDays(from, WEEK - 1 - weekday(from)),
  PageUp: (from) => moveMonths(from, -1),
  PageDown: (from) => moveMonths(from, 1),
};

interface Props {
  /** The field with its button: the calendar opens below it. */
  root: RefObject<HTMLElement>;
  at: Date | null;
  onPick: (day: Date) => void;
  onClose: () => void;
}

/** Above all others, also above a modal dialog: below the field, or where there is room. */
function place(list: HTMLElement, field: DOMRect): void {
  const { width, height } = list.getBoundingClientRect();
  const below = field.bottom + GAP;
  const top = below + height <= window.innerHeight ? below : Math.max(GAP, field.top - GAP - height);
  list.style.left = `${Math.max(GAP, Math.min(field.left, window.innerWidth - width - GAP))}px`;
  list.style.top = `${top}px`;
}

/** A month whose days are gone through with the arrow keys, months with Page up and Page down. */
export function Calendar({ root, at, onPick, onClose }: Props) {
  const [day, setDay] = useState(at ?? new Date());
  const box = useRef<HTMLDivElement>(null);
  const chosen = at ? writeDay(at) : "";
  const today = writeDay(new Date());
  const current = writeDay(day);
  useLayoutEffect(() => {
    if (!box.current || !root.current) return;
    box.current.popover = "manual";
    box.current.showPopover();
    place(box.current, root.current.getBoundingClientRect());
  }, []);
  useLayoutEffect(() => {
    // The buttons for another month keep the focus that they have.
    if (!box.current?.querySelector("header")?.contains(document.activeElement))
      box.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }, [current]);
  useEffect(() => {
    const outside = (event: Event) => !root.current?.contains(event.target as Node) && onClose();
    document.addEventListener("mousedown", outside);
    return () => document.removeEventListener("mousedown", outside);
  }, [onClose]);
  const keys = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    const isInGrid = (event.target as HTMLElement).closest("table") !== null;
    if (event.key === "Escape") onClose();
    else if (move && isInGrid) setDay(move(day));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = (event: FocusEvent) => {
    const to = event.relatedTarget as Node | null;
    if (to && !root.current?.contains(to)) onClose();
  };
  return (
    <div class="calendar" role="dialog" aria-label="Pick a day" ref={box} onKeyDown={keys} onfocusout={leave}>
      <header>
        <button type="button" class="button quiet icon" onClick={() => setDay(moveMonths(day, -1))}>
          <span class="back-a-month">
            <Icon name="chevron" size={16} />
          </span>
          <span class="visually-hidden">Previous month</span>
        </button>
        <span aria-live="polite">{monthOf(day)}</span>
        <button type="button" class="button quiet icon" onClick={() => setDay(moveMonths(day, 1))}>
          <span class="on-a-month">
            <Icon name="chevron" size={16} />
          </span>
          <span class="visually-hidden">Next month</span>
        </button>
      </header>
      <table>
        <thead>
          <tr>
            {NAMES.map((it) => (
              <th scope="col" key={it} title={it}>
                {it.slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(day).map((week) => (
            <tr key={writeDay(week[0] as Date)}>
              {week.map((it) => (
                <td key={writeDay(it)}>
                  <button
                    type="button"
                    class={it.getMonth() === day.getMonth() ? "" : "of-another"}
                    tabIndex={writeDay(it) === current ? 0 : -1}
                    aria-pressed={writeDay(it) === chosen}
                    aria-current={writeDay(it) === today ? "date" : undefined}
                    aria-label={it.toLocaleDateString("en", { dateStyle: "full" })}
                    onClick={() => onPick(it)}
                  >
                    {it.getDate()}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <footer>
        <button type="button" class="button slim" onClick={() => onPick(new Date())}>
          Today
        </button>
      </footer>
    </div>
  );
}
