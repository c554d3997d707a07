// What a screen asks the server for.

/** Words of the API are lower case with hyphens: whatever else stands between slashes is an id. */
const WORD = /^([a-z]+(-[a-z]+)*)?$/;

/** The path with ids told as what they are. @param {string} path */
const shorten = (path) =>
  path
    .split("/")
    .map((part, index, parts) => (parts[index - 1] === "key" ? "{key}" : WORD.test(part) ? part : "{id}"))
    .join("/");

/** Asked by the frame, to notice that Baton is gone. */
const HEARTBEAT = "GET /me";

/**
 * Notes what a page asks the API for.
 * @param {import("playwright-core").Page} page before it is opened
 */
export function watchRequests(page) {
  /** @type {Map<string, number>} */
  const asked = new Map();
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    const [, path] = pathname.split("/engine-rest");
    if (path === undefined) return;
    const name = `${request.method()} ${shorten(decodeURIComponent(path))}`;
    if (name !== HEARTBEAT) asked.set(name, (asked.get(name) ?? 0) + 1);
  });
  return asked;
}
