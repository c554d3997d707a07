import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Lines } from "../icons";
import { Lazy } from "../Lazy";
import { explainMoment, type MomentKind, pickDay, readMoment, SHAPES, tidy } from "./written";

const calendar = () => import("./Calendar").then((it) => it.Calendar);
const SIGN = "M3 5h14v12H3zM3 8.5h14M7 3v3M13 3v3";

interface Props {
  id?: string;
  kind: MomentKind;
  /** What the field is for, if no label names it. */
  label?: string;
  value: string;
  /** Gets what is written once it means a moment, and an empty text; what is neither stays in the field. */
  onChange: (text: string) => void;
  name?: string;
  required?: boolean;
  disabled?: boolean;
  describedBy?: string | undefined;
}

/** A day, or a day with its time, typed as it is written in every screen, or picked from a calendar. */
export function MomentInput({ id, kind, label, value, onChange, name, required, disabled, describedBy }: Props) {
  const [text, setText] = useState(value ? tidy(value, kind) : "");
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLSpanElement>(null);
  const given = useRef(value);
  const wrong = explainMoment(text, kind);
  // Set from outside: not what this field has given itself.
  useEffect(() => {
    if (value === given.current) return;
    given.current = value;
    setText(value ? tidy(value, kind) : "");
  }, [value, kind]);
  useLayoutEffect(() => field.current?.setCustomValidity(wrong), [wrong]);
  const write = (next: string) => {
    setText(next);
    if (explainMoment(next, kind)) return;
    given.current = next.trim() ? tidy(next, kind) : "";
    onChange(given.current);
  };
  const close = () => {
    setOpen(false);
    field.current?.focus();
  };
  const pick = (day: Date) => {
    write(pickDay(day, text, kind));
    close();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" || !event.altKey) return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <span class="moment" ref={root}>
      <input
        class="input numbers"
        id={id}
        ref={field}
        name={name}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        spellcheck={false}
        placeholder={SHAPES[kind]}
        required={required}
        disabled={disabled}
        aria-label={label}
        title={wrong || label}
        aria-invalid={wrong !== ""}
        aria-describedby={describedBy}
        value={text}
        onInput={(event) => write(event.currentTarget.value)}
        onBlur={() => setText(tidy(text, kind))}
        onKeyDown={keys}
      />
      <button
        type="button"
        class="button quiet icon"
        aria-label={label ? `Pick ${label}` : "Pick a day"}
        aria-expanded={open}
        aria-haspopup="dialog"
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        <Lines path={SIGN} size={16} />
      </button>
      {open && <Lazy quiet load={calendar} props={{ root, at: readMoment(text), onPick: pick, onClose: close }} />}
    </span>
  );
}
