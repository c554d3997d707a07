import { makePassword } from "./passwords";

/** A password that an administrator gives to somebody: it is read, not typed blindly. */
export function PasswordField({ value, onChange }: { value: string; onChange: (password: string) => void }) {
  return (
    <div class="field">
      <label for="user-password">Password</label>
      <div class="row">
        <input
          id="user-password"
          class="input grow mono"
          autocomplete="off"
          spellcheck={false}
          value={value}
          aria-describedby="user-password-hint"
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <button type="button" class="button" onClick={() => onChange(makePassword())}>
          Make one
        </button>
      </div>
      <span class="hint" id="user-password-hint">
        At least 12 characters. Without one the user can sign in by the provider only.
      </span>
    </div>
  );
}
