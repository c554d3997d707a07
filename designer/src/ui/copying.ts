/** Copying, wherever Baton is opened. A chunk of its own. */

import { toast, toastError } from "./toast";

/** Without TLS a page beyond this machine has no clipboard: there the older way of browsers copies what is selected. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focused = document.activeElement as HTMLElement | null;
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  // What is outside of an open dialog cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!isDone) throw new Error("The browser does not allow to copy.");
}

/** Says what was copied, or why not. */
export const copyAndTell = (text: string, what: string) => write(text).then(() => toast(`Copied ${what}`), toastError);
