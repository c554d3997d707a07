import { signIn } from "~/api/people";
import { setSession } from "~/frame/session";
import { NameAndPassword } from "./NameAndPassword";

/** In place of every page, until somebody has signed in: then the page that was asked for is there. */
export function SignIn() {
  return (
    <NameAndPassword
      title="Sign in to Baton"
      deed="Sign in"
      known
      act={async (name, password) => setSession(await signIn(name, password))}
    />
  );
}
