// Reads a JSON array of texts, writes the array of what the editor makes of each unchanged.
import { readFileSync } from "node:fs";

import { parse } from "../../static/editor/parsing.js";
import { write } from "../../static/editor/writing.js";

const texts = JSON.parse(readFileSync(0, "utf8"));
const results = texts.map((text) => {
  try {
    const doc = parse(text);
    doc.check();
    return write(doc);
  } catch (error) {
    return `${error.stack}`;
  }
});
process.stdout.write(JSON.stringify(results));
