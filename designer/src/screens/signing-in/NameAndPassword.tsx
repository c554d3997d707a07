import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  title: string;
  deed: string;
  hint?: string;
  /** Whether the password is one that exists. */
  known?: boolean;
  act: (name: string, password: string) => Promise<void>;
  /** Other ways, above the fields. */
  children?: ComponentChildren;
}

export function NameAndPassword({ title, deed, hint, known = false, act, children }: Props) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await act(name.trim(), password);
    } catch (error) {
      setWrong((error as Error).message);
      setBusy(false);
    }
  };

  return (
    <main class="signing-in" id="main">
      <form onSubmit={submit} aria-labelledby="signing-in-title">
        <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M9 23 25 7" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
          <circle cx="9" cy="23" r="4.500" fill="currentColor" />
        </svg>
        <h1 id="signing-in-title">{title}</h1>
        {hint && <p class="hint">{hint}</p>}
        {children}
        <div class="field">
          <label for="signing-in-name">Name</label>
          <input
            id="signing-in-name"
            class="input"
            ref={first}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="signing-in-password">Password</label>
          <input
            id="signing-in-password"
            class="input"
            type="password"
            autocomplete={known ? "current-password" : "new-password"}
            required
            value={password}
            aria-invalid={wrong !== null}
            aria-describedby={wrong ? "signing-in-wrong" : undefined}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        {wrong && (
          <p class="wrong" id="signing-in-wrong" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy}>
          {deed}
        </button>
      </form>
    </main>
  );
}
