// Every screen and every dialog in both themes: nothing for axe to find.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { preparePlaces } from "./places.mjs";
import { listScreens, openScreen } from "./screens.mjs";
import { base, findings, useBrowser } from "./support.mjs";

const openPage = useBrowser();
/** What the ids are is not known before the server is asked; the names of the screens are. */
const UNKNOWN = /** @type {import("./screens.mjs").Places} */ (new Proxy({}, { get: (_, name) => String(name) }));
/** @type {import("./screens.mjs").Screen[]} */
let screens;
before(async () => {
  screens = listScreens(await preparePlaces());
});

for (const [index, { name }] of listScreens(UNKNOWN).entries()) {
  test(`axe finds nothing on the screen ${name}, light and dark`, async () => {
    const page = await openPage({ reducedMotion: "reduce", colorScheme: "light" });
    const screen = screens[index];
    assert.ok(screen);
    await openScreen(page, base, screen);
    /** @type {Record<string, string[]>} */
    const found = { light: await findings(page) };
    await page.evaluate(() => {
      document.documentElement.dataset.theme = "dark";
    });
    found.dark = await findings(page);
    assert.deepEqual(found, { light: [], dark: [] });
    await page.context().close();
  });
}
