/** Whether somebody is at the page. What it asks for by itself must not keep a session from ending for being idle. */

const PATIENCE_MS = 60_000;
let last = Date.now();

export function watchPresence(): void {
  for (const type of ["pointermove", "pointerdown", "wheel", "keydown"])
    addEventListener(type, () => (last = Date.now()), { capture: true, passive: true });
}

export const isUnattended = () => Date.now() - last > PATIENCE_MS;
