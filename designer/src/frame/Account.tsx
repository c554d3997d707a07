import { signOut } from "~/api/people";
import { Icon } from "~/ui/icons";
import { toastError } from "~/ui/toast";
import { noteSignedOut, useSession } from "./session";

/** At the foot of the rail: who has signed in, or that nobody has to. */
export function Account() {
  const session = useSession();
  if (session === "asking" || session === "out") return null;
  if (session.kind === "anybody") {
    const words = "Open: everybody who reaches this server may do everything";
    return (
      <span class="rail-item" role="img" aria-label={words} title={words}>
        <Icon name="open" />
      </span>
    );
  }
  const leave = async () => {
    const { continueAt } = await signOut();
    if (continueAt) window.location.assign(continueAt);
    else noteSignedOut();
  };
  return (
    <button
      type="button"
      class="rail-item"
      onClick={() => void leave().catch(toastError)}
      aria-label={`Sign out ${session.id}`}
    >
      <Icon name="account" />
      <span class="rail-label" aria-hidden="true">
        Sign out {session.id}
      </span>
    </button>
  );
}
