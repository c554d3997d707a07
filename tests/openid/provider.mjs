// A certified OpenID provider (panva/node-oidc-provider) on loopback. Prints its issuer, and answers once a line of its
// input has told it the address of the Baton. Its development pages take any name and any password.
import { createServer } from "node:http";
import { createInterface } from "node:readline/promises";
import Provider from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const address = /** @type {import("node:net").AddressInfo} */ (server.address());
const issuer = `http://127.0.0.1:${address.port}`;

console.log(issuer);
const baton = await createInterface({ input: process.stdin }).question("");

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "baton",
      client_secret: "a secret of the client that is long enough",
      redirect_uris: [`${baton}/engine-rest/sign-in/openid/callback`],
      post_logout_redirect_uris: [`${baton}/`],
    },
  ],
  claims: {
    openid: ["sub"],
    profile: ["preferred_username", "given_name", "groups"],
    email: ["email"],
  },
  /** @type {(context: unknown, id: string) => unknown} */
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, given_name: "Olga", groups: ["night-shift"] }),
  }),
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
});
server.on("request", provider.callback());
