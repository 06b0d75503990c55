/** What is asked of a drawn page; each function runs in the browser and so stands on its own. */

/** Keys of the database and names of the inside that a person would read. */
export function codesShown(names) {
  const KEY = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
  const SNAKE = /(?<![\w./@(-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w./@-])/;
  /** Text that is shown for being code: an expression, a definition, the name of one. */
  const CODE = "code, pre, textarea, .mono, script, style, [data-code]";
  const inside = new Set(names);
  const wrong = (text) =>
    KEY.exec(text)?.[0] ?? SNAKE.exec(text)?.[0] ?? text.split(/[^\w-]+/).find((word) => inside.has(word));
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    const element = walker.currentNode.parentElement;
    if (!text.trim() || element.closest(CODE) || !element.checkVisibility()) continue;
    if (wrong(text)) found.push(text.trim());
  }
  for (const name of ["placeholder", "title", "aria-label", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const text = element.getAttribute(name);
      if (!element.closest(CODE) && element.checkVisibility() && wrong(text)) found.push(`${name}: ${text}`);
    }
  return found;
}

/** What a thumb must meet; a link inside a sentence is met by aiming (WCAG 2.5.8's exception). */
export function smallTargets() {
  const ACTS = "a[href], button, input, select, textarea, [role=button], [role=tab], [role=option], [role=switch], [role=menuitem], [role=combobox]";
  /** What is drawn around a field takes the touch too. */
  const AROUND = "label, .ant-select, .ant-input-affix-wrapper, .ant-picker, .ant-input-number, .ant-segmented-item";
  const inSentence = (element) => {
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    return !!element.closest("p, dd, dt, td, h1, h2, h3, small, summary, .sentence");
  };
  const found = [];
  for (const element of document.querySelectorAll(ACTS)) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.disabled) continue;
    if (element.closest("[aria-hidden=true], .visually-hidden, .skip") || inSentence(element)) continue;
    const outer = element.closest(AROUND) ?? element;
    const [own, around] = [element.getBoundingClientRect(), outer.getBoundingClientRect()];
    const height = Math.round(Math.max(own.height, around.height) * 10) / 10;
    const width = Math.round(Math.max(own.width, around.width) * 10) / 10;
    if (width <= 1 || height <= 1 || (height >= 44 && width >= 44)) continue;
    const name = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 30);
    found.push(`${width}×${height} ${element.tagName.toLowerCase()}.${String(element.className).slice(0, 60)} “${name}”`);
  }
  return found;
}

/** Safari on a phone zooms into a field whose text is smaller than 16 px. */
export function fieldsThatZoom() {
  const found = [];
  for (const element of document.querySelectorAll("input:not([type=checkbox], [type=radio], [type=file]), select, textarea")) {
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (element.checkVisibility() && size < 16) found.push(`${size} px ${element.name || element.className}`);
  }
  return found;
}
