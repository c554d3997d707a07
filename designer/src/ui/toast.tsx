import { useEffect, useState } from "preact/hooks";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

let next = 1;
let toasts: Toast[] = [];
const listeners = new Set<(toasts: Toast[]) => void>();

function publish(list: Toast[]): void {
  toasts = list;
  for (const listener of listeners) listener(list);
}

export function toast(text: string, bad = false): void {
  const id = next++;
  publish([...toasts.slice(-2), { id, text, bad }]);
  setTimeout(() => publish(toasts.filter((it) => it.id !== id)), bad ? 9000 : 4000);
}

export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), true);
}

export function Toasts() {
  const [list, setList] = useState(toasts);
  useEffect(() => {
    listeners.add(setList);
    return () => void listeners.delete(setList);
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {list.map((it) => (
        <div key={it.id} class={`toast ${it.bad ? "is-incident" : ""}`}>
          {it.bad && <span class="dot triangle" />}
          <span>{it.text}</span>
        </div>
      ))}
    </div>
  );
}
