import { useRef, useState } from "preact/hooks";

/** Something that is shown this once, with a button that copies it. */
export function Secret({ label, value, hint }: { label: string; value: string; hint: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState(hint);
  const copy = () => {
    field.current?.select();
    // Without TLS a page beyond this machine has no clipboard.
    const written = navigator.clipboard?.writeText(value) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setTold("Copied."),
      () => setTold("This browser does not let the page copy: press Ctrl+C."),
    );
  };
  return (
    <div class="field">
      <label for="secret">{label}</label>
      <div class="row">
        <input id="secret" class="input grow mono" readOnly value={value} ref={field} />
        <button type="button" class="button primary" onClick={copy}>
          Copy
        </button>
      </div>
      <span class="hint" role="status">
        {told}
      </span>
    </div>
  );
}
