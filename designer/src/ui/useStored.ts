import { useState } from "preact/hooks";

/** State that the browser remembers: sizes of panels, whether they are open. */
export function useStored(key: string, initial: number): [number, (value: number) => void];
export function useStored(key: string, initial: boolean): [boolean, (value: boolean) => void];
export function useStored<T extends number | boolean>(key: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const text = localStorage.getItem(`baton.${key}`);
    return text === null ? initial : (JSON.parse(text) as T);
  });
  const store = (next: T) => {
    localStorage.setItem(`baton.${key}`, JSON.stringify(next));
    setValue(next);
  };
  return [value, store];
}
