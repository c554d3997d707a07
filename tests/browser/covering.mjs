// What the values of a map over a diagram lie on.

/**
 * The values that lie on a flow, on a name, or on an element that is neither their own nor around it.
 * @param {TestPage} page
 * @returns {Promise<string[]>} "<element>: <value> on <what>"
 */
export const findCovering = async (page) => [...new Set(await page.evaluate(listCovering))];

/** Runs in the page. */
function listCovering() {
  const boxOf = (/** @type {Element} */ it) => it.getBoundingClientRect();
  /** @param {DOMRect} a @param {{ left: number, right: number, top: number, bottom: number }} b */
  const isOn = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const others = [...document.querySelectorAll(".djs-shape > .djs-visual")].map((it) => ({
    id: it.closest(".djs-shape")?.getAttribute("data-element-id"),
    box: boxOf(it),
  }));
  const names = [...document.querySelectorAll(".djs-visual text")].map((it) => ({
    id: it.textContent,
    box: boxOf(it),
  }));
  const points = [...document.querySelectorAll(".djs-connection .djs-visual > path")].flatMap((it) => {
    const path = /** @type {SVGPathElement} */ (it);
    const place = path.getScreenCTM() ?? undefined;
    return Array.from({ length: path.getTotalLength() / 2 }, (_, step) => {
      const { x, y } = path.getPointAtLength(step * 2).matrixTransform(place);
      const id = path.closest(".djs-connection")?.getAttribute("data-element-id");
      return { id, box: { left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 } };
    });
  });
  return [...document.querySelectorAll(".corner-heat")].flatMap((value) => {
    const owner = value.getAttribute("data-element");
    const own = others.find((it) => it.id === owner)?.box;
    const around = others.filter(
      ({ box }) =>
        own && box.left <= own.left && own.right <= box.right && box.top <= own.top && own.bottom <= box.bottom,
    );
    return [...others.filter((it) => !around.includes(it)), ...names, ...points]
      .filter(({ box }) => isOn(boxOf(value), /** @type {DOMRect} */ (box)))
      .map(({ id: covered }) => `${owner}: ${value.textContent} on ${covered}`);
  });
}
