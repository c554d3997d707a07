/**
 * The focus stays on the page: when what has it is removed, or disabled for a while, the browser would put it nowhere, and
 * somebody who works with keys would begin at the top again.
 */

import { useEffect } from "preact/hooks";

/** What can take the focus of something that was in it. */
const REGION = '[tabindex], dialog, summary, [role="tabpanel"]';

const isNowhere = () => document.activeElement === null || document.activeElement === document.body;

const isOff = (element: Element) => element.matches(":disabled") || !element.isConnected;

/** An element with all that it lies in, the nearest first: after its removal it could not be asked any more. */
function chainOf(element: Element): HTMLElement[] {
  const chain: HTMLElement[] = [];
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement)
    if (at instanceof HTMLElement || at instanceof SVGElement) chain.push(at as HTMLElement);
  return chain;
}

/** Keeps the focus from getting lost below an element; returns how to stop. The canvas of the modeler does so itself. */
export function keepFocus(root: HTMLElement): () => void {
  let chain: HTMLElement[] = [];
  const took = ({ target }: FocusEvent) => {
    chain = chainOf(target as Element);
  };
  const left = ({ target, relatedTarget }: FocusEvent) => {
    // Somebody has clicked beside everything: that is no loss.
    if (!relatedTarget && !isOff(target as Element)) chain = [];
  };
  const check = () => {
    const [lost] = chain;
    if (!lost || !isNowhere() || chain.some((it) => it.matches(".djs-parent, .djs-container"))) return;
    if (lost.isConnected) return lost.matches(":disabled") ? undefined : lost.focus({ preventScroll: true });
    const place = chain.find((it) => it.isConnected && (it === root || it.matches(REGION)));
    place?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(check);
  observer.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  root.addEventListener("focusin", took);
  root.addEventListener("focusout", left);
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", took);
    root.removeEventListener("focusout", left);
  };
}

/** Tells styles whether somebody uses keys or a pointer: a focus that the page itself has set looks like one by key to the browser. */
function watchInput(): () => void {
  const { dataset } = document.documentElement;
  const byKeys = () => {
    dataset.input = "keys";
  };
  const byPointer = () => {
    dataset.input = "pointer";
  };
  window.addEventListener("keydown", byKeys, { capture: true });
  window.addEventListener("pointerdown", byPointer, { capture: true });
  return () => {
    window.removeEventListener("keydown", byKeys, { capture: true });
    window.removeEventListener("pointerdown", byPointer, { capture: true });
  };
}

/** For the main part of the page, by its id. */
export function useKeptFocus(id: string, present: boolean): void {
  useEffect(watchInput, []);
  useEffect(() => {
    const root = document.getElementById(id);
    return root && present ? keepFocus(root) : undefined;
  }, [id, present]);
}
