import type { ComponentChildren } from "preact";
import { Dialog } from "./Dialog";

interface Props {
  /** What is to be done: the title, and the button that does it. */
  deed: string;
  /** The button that leaves all as it is. */
  keep: string;
  children: ComponentChildren;
  onGo: () => void;
  onClose: () => void;
}

/** Asks before something is done. */
export function AskDialog({ deed, keep, children, onGo, onClose }: Props) {
  return (
    <Dialog title={deed} onClose={onClose}>
      {children}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          {keep}
        </button>
        <button type="button" class="button primary" onClick={onGo}>
          {deed}
        </button>
      </footer>
    </Dialog>
  );
}
