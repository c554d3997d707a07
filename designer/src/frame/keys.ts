import { useLayoutEffect, useRef } from "preact/hooks";
import { navigate } from "./router";

const PLACES: Record<string, string> = {
  o: "/",
  d: "/definitions",
  i: "/instances",
  t: "/tasks",
  s: "/start",
  n: "/designer",
};

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/**
 * Keys pressed anywhere in the page reach `listen` as it was last rendered: an effect that registers it again runs only after the
 * next picture, and a key pressed right after a click would meet the state before the click.
 */
export function useDocumentKeys(listen: (event: KeyboardEvent) => void, options?: { capture: boolean }): void {
  const latest = useRef(listen);
  latest.current = listen;
  const capture = options?.capture ?? false;
  useLayoutEffect(() => {
    const pass = (event: KeyboardEvent) => latest.current(event);
    window.addEventListener("keydown", pass, { capture });
    return () => window.removeEventListener("keydown", pass, { capture });
  }, [capture]);
}

const CAPTURE = { capture: true };

/** `?` and the two-key sequences `g …`. */
export function useGlobalKeys(onShortcuts: () => void): void {
  const goUntil = useRef(0);
  useDocumentKeys((event) => {
    if (
      isTyping(event.target) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector("dialog[open]")
    )
      return;
    if (event.key === "?") return onShortcuts();
    const place = PLACES[event.key];
    if (place && Date.now() < goUntil.current) {
      // The second key of a sequence is no key of what has the focus, such as the canvas.
      event.stopPropagation();
      navigate(place);
    }
    goUntil.current = event.key === "g" ? Date.now() + 1200 : 0;
  }, CAPTURE);
}
