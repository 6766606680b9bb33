// The grammar of the text format: as app/documents/grammar.py says.
import MarkdownIt from "markdown-it";
import footnotes from "markdown-it-footnote";

import { flanking } from "./cjk.js";

export const MAX_CHARACTERS = 300_000;
export const MAX_NESTING = 24;
const MAX_LABEL = 100;
const BLOCKS = ["table", "fence", "blockquote", "hr", "list", "reference", "heading", "lheading"];
const INLINES = [
  ...["newline", "escape", "backticks", "emphasis", "link", "image", "autolink", "entity"],
  ...["balance_pairs", "fragments_join"],
];
const REFERENCE = new RegExp(`\\[\\^([^\\]\\s]{1,${MAX_LABEL}})\\]`, "y");

function footnoteReference(state, silent) {
  REFERENCE.lastIndex = state.pos;
  const match = REFERENCE.exec(state.src);
  if (!match || state.pos + match[0].length > state.posMax) return false;
  if (!silent) state.push("footnote_ref", "", 0).meta = { label: match[1] };
  state.pos += match[0].length;
  return true;
}

const md = new MarkdownIt("zero", { maxNesting: MAX_NESTING });
md.enable([...BLOCKS, ...INLINES]);
md.disable("text_join");
md.use(footnotes);
md.inline.ruler.at("footnote_ref", footnoteReference);
md.disable(["footnote_inline", "footnote_tail"]);
// Which links stay is decided later; addresses are shown as they were typed.
md.validateLink = () => true;
md.normalizeLinkText = (url) => url;

md.inline.State = class extends md.inline.State {
  scanDelims(start, canSplitWord) {
    const marker = this.src[start];
    let end = start;
    while (end < this.posMax && this.src[end] === marker) end += 1;
    // Two characters may be four of UTF-16.
    const [canOpen, canClose] = flanking(
      this.src.slice(Math.max(start - 4, 0), start),
      this.src.slice(end, Math.min(end + 4, this.posMax)),
      canSplitWord,
    );
    return { can_open: canOpen, can_close: canClose, length: end - start };
  }
};

/** The same text in the one spelling that is stored: as normalise in app/documents/characters.py. */
export function normalise(text) {
  const lines = text
    .replaceAll("\ufeff", "")
    .replace(/\r\n?|\u2028/g, "\n")
    .replaceAll("\u2029", "\n\n");
  const trimmed = lines.replace(/(?<![ \t\\])[ \t]+$/gm, (blanks, at) => {
    const goesOn = /^\n[ \t]*[^ \t\n]/.test(lines.slice(at + blanks.length, at + blanks.length + 500));
    return at > 0 && lines[at - 1] !== "\n" && blanks.endsWith("  ") && goesOn ? "  " : "";
  });
  return trimmed.normalize("NFC");
}

/** The tokens of a normalised text, and the links it defines by label. */
export function read(text) {
  const env = {};
  const tokens = md.parse(text, env);
  return { tokens, references: env.references ?? {} };
}

/** An address in the form in which texts keep it. */
export const normalLink = (address) => md.normalizeLink(address);
