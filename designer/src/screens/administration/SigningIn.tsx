import { useState } from "preact/hooks";
import { setDisabled, setPassword, signOutEverywhere } from "~/api/identity";
import type { User } from "~/api/types";
import { PasswordField } from "./PasswordField";
import { useDeed } from "./useDeed";

/** What takes effect at once: another password, the end of all sessions, no more signing in. */
export function SigningIn({ user, onChanged }: { user: User; onChanged: () => void }) {
  const { busy, wrong, run } = useDeed();
  const [password, setText] = useState<string | null>(null);
  const [disabled, setHeld] = useState(user.disabled);
  const [done, setDone] = useState("");
  const act = async (deed: () => Promise<unknown>, words: string) => {
    setDone("");
    if (!(await run(deed))) return false;
    setDone(words);
    onChanged();
    return true;
  };
  const give = async (text: string) => {
    if (await act(() => setPassword(user.id, text), "The password is set; all sessions have ended.")) setText(null);
  };
  const leave = () => act(() => signOutEverywhere(user.id), "All sessions have ended.");
  const toggle = async () => {
    const words = disabled ? "The user can sign in again." : "The user can sign in no more; all sessions have ended.";
    if (await act(() => setDisabled(user.id, !disabled), words)) setHeld(!disabled);
  };
  return (
    <fieldset class="several">
      <legend>Signing in</legend>
      <div class="row wraps">
        <button type="button" class="button" disabled={busy} onClick={() => setText(password === null ? "" : null)}>
          New password…
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => void leave()}>
          Sign out everywhere
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => void toggle()}>
          {disabled ? "Enable" : "Disable"}
        </button>
      </div>
      {password !== null && (
        <>
          <PasswordField value={password} onChange={setText} />
          <div class="row">
            <button type="button" class="button" disabled={busy} onClick={() => void give(password)}>
              Set the password
            </button>
          </div>
        </>
      )}
      {wrong && (
        <div class="note" role="alert">
          {wrong}
        </div>
      )}
      <p class="hint" role="status">
        {done}
      </p>
    </fieldset>
  );
}
