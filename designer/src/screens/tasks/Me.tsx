import { useState } from "preact/hooks";
import { Dialog } from "~/ui/Dialog";
import { setMe, useMe, useSignedIn } from "./me";

function NameForm({ onDone }: { onDone?: (name: string) => void }) {
  const [name, setName] = useState(useMe());
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    setMe(name);
    onDone?.(name.trim());
  };
  return (
    <form class="row name-form" onSubmit={submit}>
      <label class="secondary" for="my-name">
        I am
      </label>
      <input
        id="my-name"
        class="input grow"
        required
        value={name}
        placeholder="your name"
        autocomplete="username"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="button primary">
        Remember
      </button>
    </form>
  );
}

/** Asks for the name where it is needed: once. */
export function AskName({ onDone, onClose }: { onDone: (name: string) => void; onClose: () => void }) {
  return (
    <Dialog title="Who are you?" onClose={onClose}>
      <p class="secondary">Tasks are claimed in your name. This browser remembers it.</p>
      <NameForm onDone={onDone} />
    </Dialog>
  );
}

/** In the page's bar: who I am, and another if that is not true. */
export function Me() {
  const name = useMe();
  const signedIn = useSignedIn();
  const [asking, setAsking] = useState(false);
  if (signedIn) return null;
  return (
    <>
      <button type="button" class="button quiet" title="Change who you are" onClick={() => setAsking(true)}>
        {name ? (
          <>
            <span class="secondary">I am</span> {name}
          </>
        ) : (
          "Say who you are"
        )}
      </button>
      {asking && <AskName onClose={() => setAsking(false)} onDone={() => setAsking(false)} />}
    </>
  );
}

/** In place of a list that depends on it. */
export function NameNeeded() {
  return (
    <div class="nothing">
      <h2>Which tasks are yours?</h2>
      <p>Say who you are: this browser remembers it.</p>
      <NameForm />
    </div>
  );
}
