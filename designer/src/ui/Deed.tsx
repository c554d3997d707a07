import type { ComponentChildren } from "preact";
import { useSession, type Whose, whyNot } from "~/frame/session";
import { toast } from "./toast";

interface Props {
  /** The permission that it takes. */
  needs: string;
  whose?: Whose | undefined;
  class: string;
  label?: string | undefined;
  title?: string | undefined;
  disabled?: boolean;
  /** Of one that switches something on and off. */
  pressed?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

/** A button that does something for those who may; for the others it stays, can be reached and says what is missing. */
export function Deed({ needs, whose, label, title, disabled = false, pressed, onClick, children, ...rest }: Props) {
  const missing = whyNot(useSession(), needs, whose);
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={missing ? "true" : undefined}
      disabled={disabled}
      title={missing ?? title}
      onClick={() => (missing ? toast(missing, true) : onClick())}
    >
      {children}
    </button>
  );
}
