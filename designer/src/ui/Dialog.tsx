import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** For what holds a diagram. */
  wide?: boolean;
}

/** A native modal dialog: focus trap, Escape and inertness come from the browser. */
export function Dialog({ title, onClose, children, wide = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const cancel = (event: Event) => {
      event.preventDefault();
      onClose();
    };
    dialog.addEventListener("cancel", cancel);
    dialog.showModal();
    // Not the close button, which would be announced first and look like the thing to press.
    heading.current?.focus();
    return () => {
      dialog.removeEventListener("cancel", cancel);
      dialog.close();
    };
  }, []);
  return (
    <dialog ref={ref} class={`dialog ${wide ? "wide" : ""}`} aria-label={title}>
      <div class="inside">
        <header>
          <h2 tabIndex={-1} ref={heading}>
            {title}
          </h2>
          <button type="button" class="button quiet icon" aria-label="Close" onClick={onClose}>
            <Icon name="close" size={16} />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
