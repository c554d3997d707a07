// Who the scenarios with sign-in are played by. BATON_INVITATION: the token of the link for the first administrator.
import { base } from "../support.mjs";

export const token = process.env.BATON_INVITATION ?? "";
export const PASSWORD = "correct horse battery";

/**
 * Fills in the page of signing in.
 * @param {TestPage} page
 * @param {string} name
 * @param {string} password
 */
export async function fill(page, name, password) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [cookie] of a session
 */
export async function post(path, body, cookie) {
  const answer = await fetch(`${base}/engine-rest${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  });
  return { status: answer.status, cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

/** Over the API, unless the scenario of the link has done it: what follows needs somebody who may do everything. */
export async function makeFirstAdministrator() {
  await post("/first-administrator", { token, id: "boss", password: PASSWORD });
}
