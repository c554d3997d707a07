import { useEffect } from "preact/hooks";
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

/** `?` and the two-key sequences `g …`. */
export function useGlobalKeys(onShortcuts: () => void): void {
  useEffect(() => {
    let goUntil = 0;
    const listen = (event: KeyboardEvent) => {
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
      if (place && Date.now() < goUntil) navigate(place);
      goUntil = event.key === "g" ? Date.now() + 1200 : 0;
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
