// What a document says: runs of words with their marks, as app/documents/content.py says.
const LINE_ENDS = /[\n\r\u2028\u2029]/g;
const SPACE = /[ \t\n\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const RANK = ["link", "em", "strong"];

/** A mark as a string: equal marks are equal strings. */
const keyOf = (mark) =>
  mark.type.name === "link" ? `link\n${mark.attrs.href}\n${mark.attrs.title}` : mark.type.name;

/** The link among the marks of a run: its address and title, or null. */
export function linkOf(run) {
  const key = run?.marks.find((mark) => mark.startsWith("link\n"));
  if (!key) return null;
  const [, href, title] = key.split("\n");
  return { key, href, title };
}

/** The tidy runs of a block with words in it; `numberOf` tells a footnote's number, or 0. */
export function runsOf(block, numberOf, oneLine = false) {
  const runs = [];
  block.forEach((node) => {
    const names = node.marks.filter((mark) => RANK.includes(mark.type.name));
    const ranked = names.sort((a, b) => RANK.indexOf(a.type.name) - RANK.indexOf(b.type.name));
    const marks = ranked.map(keyOf);
    const within = marks.filter((mark) => !mark.startsWith("link\n"));
    if (node.isText) runs.push({ kind: kindOf(node), text: node.text, marks });
    else if (node.type.name === "hard_break") runs.push({ kind: "break", text: "", marks });
    else {
      const number = numberOf(node);
      if (number) runs.push({ kind: "note", text: String(number), marks: within });
    }
  });
  return tidy(runs, oneLine);
}

const kindOf = (node) =>
  node.marks.some((mark) => mark.type.name === "code") && /[^ \n]/.test(node.text) ? "code" : "text";

function tidy(runs, oneLine) {
  const spelled = runs.map((run) => {
    if (run.kind === "text") return { ...run, text: spell(run.text) };
    if (run.kind === "code") return { ...run, text: run.text.replace(LINE_ENDS, " ") };
    return run.kind === "break" && oneLine ? { ...run, kind: "text", text: " " } : run;
  });
  let found = merged(spelled);
  if (found.some((run) => run.marks.length))
    for (const mark of ["em", "strong"]) found = merged(tightened(found, mark));
  return merged(trimmed(stripped(found)));
}

const spell = (text) => text.replace(LINE_ENDS, " ").replaceAll("\ufeff", "").normalize("NFC");

const sameMarks = (a, b) => a.length === b.length && a.every((mark, place) => mark === b[place]);

function merged(runs) {
  const found = [];
  for (const run of runs) {
    const last = found.at(-1);
    const joins = run.kind === "text" || run.kind === "code";
    if (joins && !run.text) continue;
    if (joins && last?.kind === run.kind && sameMarks(last.marks, run.marks)) last.text += run.text;
    else found.push({ ...run });
  }
  return found;
}

/** A text's spaces at the start, the text, its spaces at the end. */
function edges(run) {
  if (run.kind !== "text") return [run];
  const { text } = run;
  // Not by one pattern, which would try each of a thousand spaces inside as the end.
  let start = 0;
  while (start < text.length && SPACE.test(text[start])) start += 1;
  let end = text.length;
  while (end > start && SPACE.test(text[end - 1])) end -= 1;
  return [text.slice(0, start), text.slice(start, end), text.slice(end)]
    .filter(Boolean)
    .map((part) => ({ ...run, text: part }));
}

/** The mark taken from spaces and line breaks at the ends of what it marks. */
function tightened(runs, mark) {
  const pieces = runs.flatMap((run) => (run.marks.includes(mark) ? edges(run) : [run]));
  const ahead = reached(pieces, mark);
  const behind = reached(pieces.toReversed(), mark).reverse();
  return pieces.map((piece, place) =>
    !piece.marks.includes(mark) || (ahead[place] && behind[place])
      ? piece
      : { ...piece, marks: piece.marks.filter((each) => each !== mark) },
  );
}

function reached(pieces, mark) {
  let inside = false;
  return pieces.map((piece) => {
    inside = piece.marks.includes(mark) && (inside || !isSpace(piece));
    return inside;
  });
}

const isSpace = (run) => run.kind === "break" || (run.kind === "text" && !run.text.trim());

function stripped(runs) {
  const pieces = runs.flatMap(edges);
  const isSolid = (piece) => !isSpace(piece) || Boolean(linkOf(piece));
  const first = pieces.findIndex(isSolid);
  return first < 0 ? [] : merged(pieces.slice(first, pieces.findLastIndex(isSolid) + 1));
}

const trimmed = (runs) =>
  runs.map((run, place) => {
    if (run.kind !== "text") return run;
    let { text } = run;
    if (runs[place - 1]?.kind === "break") text = text.replace(/^[ \t]+/, "");
    if (runs[place + 1]?.kind === "break") text = text.replace(/[ \t]+$/, "");
    return { ...run, text };
  });
