// Every screen and every dialog: nothing for axe to find. Each in one theme, light and dark by turns, or in those of BATON_THEMES.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { preparePlaces } from "./places.mjs";
import { listScreens, openScreen } from "./screens.mjs";
import { base, findings, useBrowser } from "./support.mjs";

/** @typedef {"light" | "dark"} Theme */

const THEMES = /** @type {Theme[]} */ (["light", "dark"]);
const asked = THEMES.filter((it) => process.env.BATON_THEMES?.split(" ").includes(it));
/** Colours are what themes differ in: the next screen shows the same parts in the other one. @param {number} index @returns {Theme[]} */
const chooseThemes = (index) => (asked.length ? asked : THEMES.filter((_, it) => it === index % 2));

const openPage = useBrowser();
/** What the ids are is not known before the server is asked; the names of the screens are. */
const UNKNOWN = /** @type {import("./screens.mjs").Places} */ (new Proxy({}, { get: (_, name) => String(name) }));
/** @type {import("./screens.mjs").Screen[]} */
let screens;
before(async () => {
  screens = listScreens(await preparePlaces());
});

for (const [index, { name }] of listScreens(UNKNOWN).entries()) {
  const themes = chooseThemes(index);
  test(`axe finds nothing on the screen ${name}, ${themes.join(" and ")}`, async () => {
    const page = await openPage({ reducedMotion: "reduce", colorScheme: "light" });
    const screen = screens[index];
    assert.ok(screen);
    await openScreen(page, base, screen);
    for (const theme of themes) {
      await page.evaluate((it) => {
        document.documentElement.dataset.theme = it;
      }, theme);
      assert.deepEqual(await findings(page), [], theme);
    }
    await page.context().close();
  });
}
