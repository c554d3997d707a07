import { createFirstAdministrator } from "~/api/signing-in";
import { navigate } from "~/frame/router";
import { setSession } from "~/frame/session";
import { NameAndPassword } from "./NameAndPassword";

/** The page of the link that the server has printed at its start. */
export function FirstAdministrator({ token }: { token: string }) {
  return (
    <NameAndPassword
      title="The first administrator"
      deed="Create and sign in"
      hint="You may do everything, and let others in. The password has at least 12 characters."
      act={async (name, password) => {
        setSession(await createFirstAdministrator(token, name, password));
        navigate("/", { replace: true });
      }}
    />
  );
}
