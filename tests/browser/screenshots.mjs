// Takes every screen in light and dark at three widths:  BATON_URL=ADDRESS node screenshots.mjs ADDRESS FOLDER [NAME …]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "./chromium.mjs";
import { preparePlaces } from "./places.mjs";
import { listScreens, openScreen } from "./screens.mjs";

const [base = "", folder = "", ...only] = process.argv.slice(2);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

const screens = listScreens(await preparePlaces()).filter((it) => !only.length || only.includes(it.name));
const browser = await launchChromium();
mkdirSync(folder, { recursive: true });
let failed = 0;
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const viewport of SIZES) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    for (const screen of screens) failed += await take(context, screen, `${colorScheme}-${viewport.width}`);
    await context.close();
  }
}
await browser.close();
if (failed) process.exit(1);

/**
 * Says which screen could not be taken, takes what is there instead, and goes on.
 * @param {import("playwright-core").BrowserContext} context
 * @param {import("./screens.mjs").Screen} screen
 * @param {string} look
 */
async function take(context, screen, look) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const file = join(folder, `${screen.name}-${look}.png`);
  let wrong = 0;
  try {
    await openScreen(page, base, screen);
    await page.evaluate(() => document.fonts.ready);
  } catch (error) {
    console.error(`${screen.name}-${look}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    wrong = 1;
  }
  await page.screenshot({ path: file });
  await page.close();
  return wrong;
}
