// The signs on the toolbar's buttons, drawn in a square of 20.
const DRAWN = {
  code: "M7 6 3 10l4 4M13 6l4 4-4 4",
  link: "M8.5 11.5a3 3 0 0 0 4.2 0l2.8-2.8a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.8 2.8a3 3 0 0 0 4.2 4.2l1-1",
  bullets: "M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01",
  numbers: "M8 5h9M8 10h9M8 15h9M3 3.5l1-.5v4M2.8 12.8c.3-1.4 2.4-1 2 .3L2.8 16H5",
  quotation: "M4 4v12M8 6h9M8 10h9M8 14h6",
  footnote: "M3 8v8M3 12a2.5 2.5 0 1 1 0 2M12 5l2-1.5V10M10 16h7",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
  figure: "M3 4h14v12H3zM3 14l4-4 3 3 3-3 4 4M12.5 7.5h.01",
  rule: "M3 10h14",
  undo: "M7 5 3 9l4 4M3 9h9a4 4 0 0 1 0 8H9",
  redo: "M13 5l4 4-4 4M17 9H8a4 4 0 0 0 0 8h3",
};
const WRITTEN = { strong: "B", emphasis: "I", heading: "H2", subheading: "H3", minor: "H4" };
const SVG = "http://www.w3.org/2000/svg";

/** The sign of that name. */
export function icon(name) {
  if (name in WRITTEN) {
    const text = document.createElement("span");
    text.className = `sign ${name}`;
    text.textContent = WRITTEN[name];
    text.setAttribute("aria-hidden", "true");
    return text;
  }
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWN[name]);
  drawing.append(path);
  return drawing;
}
