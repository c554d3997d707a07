import { readWaysToSignIn, signIn } from "~/api/signing-in";
import { setQuery, useRoute } from "~/frame/router";
import { setSession } from "~/frame/session";
import { useResource } from "~/ui/useResource";
import { NameAndPassword } from "./NameAndPassword";
import { addressOf, whyNot } from "./provider";

/** In place of every page, until somebody has signed in: then the page that was asked for is there. */
export function SignIn() {
  return (
    <NameAndPassword
      title="Sign in to Baton"
      deed="Sign in"
      known
      act={async (name, password) => {
        const me = await signIn(name, password);
        setQuery({ "sign-in": null });
        setSession(me);
      }}
    >
      <ByProvider />
    </NameAndPassword>
  );
}

function ByProvider() {
  const route = useRoute();
  const ways = useResource(readWaysToSignIn, []).value;
  const failed = whyNot(route.query.get("sign-in"));
  return (
    <>
      {failed && (
        <p class="wrong" role="alert">
          {failed}
        </p>
      )}
      {ways?.provider && (
        <>
          <a class="button primary" href={addressOf(ways.provider.href, route)}>
            Sign in with {ways.provider.label}
          </a>
          <p class="or">or with a name and a password of this Baton</p>
        </>
      )}
    </>
  );
}
