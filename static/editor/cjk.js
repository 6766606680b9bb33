// What Chinese, Japanese and Korean ask of CommonMark: as app/documents/cjk.py says.
import { eastAsianWidthType } from "get-east-asian-width";

const SPACE = /^[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$/;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;
const HANGUL = /^\p{Script=Hangul}$/u;
const WIDE = new Set(["wide", "fullwidth", "halfwidth"]);

const width = (char) => (char ? eastAsianWidthType(char.codePointAt(0)) : "");
const wide = (char) => WIDE.has(width(char));

/** Whether a line break between these two characters stands for nothing rather than a space. */
export const joins = (before, after) =>
  [before, after].every((char) => wide(char) && !HANGUL.test(char));

/** Whether it is neither space nor punctuation, to the rule of emphasis. */
export const isLetter = (char) => Boolean(char) && !SPACE.test(char) && !PUNCTUATION.test(char);

const countsAsCjk = (char, inner) => wide(char) || (wide(inner) && width(char) === "ambiguous");

/** Whether a run of markers can open and whether it can close emphasis; up to two characters beside it. */
export function flanking(before, after, canSplitWord) {
  const left = Array.from(before);
  const right = Array.from(after);
  const outer = left.at(-1) ?? " ";
  const inner = right[0] ?? " ";
  const spaceBefore = SPACE.test(outer);
  const spaceAfter = SPACE.test(inner);
  const markBefore = PUNCTUATION.test(outer);
  const markAfter = PUNCTUATION.test(inner);
  const cjkBefore = countsAsCjk(outer, left.at(-2) ?? "");
  const cjkAfter = countsAsCjk(inner, right[1] ?? "");
  const opens = !spaceAfter && (!markAfter || cjkAfter || spaceBefore || markBefore || cjkBefore);
  const closes = !spaceBefore && (!markBefore || cjkBefore || spaceAfter || markAfter || cjkAfter);
  return [
    opens && (canSplitWord || !closes || markBefore),
    closes && (canSplitWord || !opens || markAfter),
  ];
}
