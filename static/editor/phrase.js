// The words of one block as text: what is escaped, where marks open and close; as app/documents/phrase.py says.
import { flanking, isLetter } from "./cjk.js";
import { linkOf } from "./content.js";
import { normalLink } from "./grammar.js";

const SPECIAL = /[\\`*_[\]<&]/g;
const ENTITY = /&#?[0-9A-Za-z]+;/y;
const ENTITIES = /&(?=#?[0-9A-Za-z]+;)/g;
const WORD = /^[0-9A-Za-z]$/;
const URL = /^[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*$/;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const MAIL = new RegExp(`^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`);
const SPACE = "[ \\t\\n\\v\\f\\r\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const LEADING = new RegExp(`^${SPACE}`);
const TRAILING = new RegExp(`${SPACE}$`);
const RANK = { em: 1, strong: 2 };

const edge = (mark, opens) => ({ mark, opens, sign: mark === "strong" ? "**" : "*", partner: null });
const isEdge = (piece) => typeof piece !== "string";

/** Tidy runs as text; a line break is `\` and the end of the line. */
export function phrase(runs, insideBrackets = false) {
  const pieces = split(runs, insideBrackets);
  chooseSigns(pieces);
  return assembled(pieces);
}

function split(runs, insideBrackets) {
  const pieces = [];
  const active = [];
  const close = ({ key, opening, link }) => {
    if (link) return void pieces.push(`](${destination(link)})`);
    const end = edge(key, false);
    end.partner = opening;
    opening.partner = end;
    const last = pieces.pop();
    const bare = isEdge(last) ? last : last.replace(TRAILING, "");
    if (bare) pieces.push(bare);
    pieces.push(end);
    if (bare !== last) pieces.push(last.slice(bare.length));
    return undefined;
  };
  runs.forEach((run, place) => {
    const alone = standsAlone(runs, place);
    const wanted = run.marks.filter((mark) => mark !== alone?.key);
    while (active.some(({ key }) => !wanted.includes(key))) close(active.pop());
    let fresh = wanted.filter((mark) => !active.some(({ key }) => key === mark));
    let words = alone ? `<${run.text}>` : leaf(runs, place, insideBrackets);
    if (run.kind === "text" && fresh.length && fresh.every((mark) => mark in RANK)) {
      // Where marks overlap, one is opened again; never before a space.
      const bare = words.replace(LEADING, "");
      if (bare !== words) pieces.push(words.slice(0, words.length - bare.length));
      words = bare;
      if (!bare) fresh = fresh.filter((mark) => !(mark in RANK));
    }
    const lasting = new Map(fresh.map((mark) => [mark, lastingOf(runs, place, mark)]));
    fresh.sort((a, b) => lasting.get(b) - lasting.get(a) || (RANK[a] ?? 0) - (RANK[b] ?? 0));
    for (const key of fresh) {
      if (key in RANK) {
        const opening = edge(key, true);
        active.push({ key, opening });
        pieces.push(opening);
      } else {
        active.push({ key, link: linkOf(run) });
        pieces.push("[");
      }
    }
    if (words) pieces.push(words);
  });
  while (active.length) close(active.pop());
  return pieces;
}

function lastingOf(runs, place, mark) {
  let end = place;
  while (end < runs.length && runs[end].marks.includes(mark)) end += 1;
  return end - place;
}

/** The link of a run that can be written between angle brackets, being its own address. */
function standsAlone(runs, place) {
  const run = runs[place];
  const link = linkOf(run);
  if (!link || run.kind !== "text" || link.title) return null;
  if ([runs[place - 1], runs[place + 1]].some((other) => linkOf(other)?.key === link.key)) return null;
  const byUrl = link.href === run.text && URL.test(run.text);
  const byMail = link.href === `mailto:${run.text}` && MAIL.test(run.text);
  return byUrl || byMail ? link : null;
}

function destination(link) {
  let href = normalLink(link.href).replace(ENTITIES, "\\&");
  if (!isBalanced(href)) href = href.replace(/[()]/g, "\\$&");
  return link.title ? `${href} "${quoted(link.title)}"` : href;
}

/** A title or caption as it stands between quotation marks. */
export const quoted = (title) => title.replace(/[\\"]|&(?=#?[0-9A-Za-z]+;)/g, "\\$&");

function isBalanced(href) {
  let depth = 0;
  for (const char of href) {
    depth += (char === "(") - (char === ")");
    if (depth < 0 || depth > 30) return false;
  }
  return depth === 0;
}

function leaf(runs, place, insideBrackets) {
  const run = runs[place];
  switch (run.kind) {
    case "text":
      return escaped(runs, place, insideBrackets || Boolean(linkOf(run)));
    case "code":
      return code(run.text);
    case "note":
      return `[^${run.text}]`;
  }
  return "\\\n";
}

function code(text) {
  const lengths = new Set((text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  let length = 1;
  while (lengths.has(length)) length += 1;
  const padded = text.startsWith("`") || text.endsWith("`") || (text.startsWith(" ") && text.endsWith(" "));
  const space = padded ? " " : "";
  const fence = "`".repeat(length);
  return fence + space + text + space + fence;
}

function escaped(runs, place, insideBrackets) {
  const source = runs[place].text;
  let text = source.replace(SPECIAL, (char, at) => {
    const before = source.charAt(at - 1);
    const after = source.charAt(at + 1);
    ENTITY.lastIndex = at;
    const plain =
      char === "_" ? WORD.test(before) && WORD.test(after)
      : char === "[" ? !insideBrackets && after !== "^"
      : char === "]" ? !insideBrackets && after !== "("
      : char === "<" ? after === " "
      : char === "&" ? !ENTITY.test(source)
      : false;
    return plain ? char : `\\${char}`;
  });
  if (source.startsWith("(") && runs[place - 1]?.kind === "note") text = `\\${text}`;
  const following = linkOf(runs[place + 1]);
  if (source.endsWith("!") && following && following.key !== linkOf(runs[place])?.key)
    text = `${text.slice(0, -1)}\\!`;
  return text;
}

/** An underscore for emphasis that touches or overlaps strong emphasis, but for `***both***`. */
function chooseSigns(pieces) {
  let place = 0;
  const places = new Map();
  for (const piece of pieces)
    if (isEdge(piece)) places.set(piece, place);
    else place += 1;
  const spans = [...places.keys()]
    .filter(({ opens }) => opens)
    .map((edge) => ({ edge, start: places.get(edge), end: places.get(edge.partner) }));
  const strong = spans.filter(({ edge }) => edge.mark === "strong");
  for (const { edge, start, end } of spans) {
    const near = strong.filter((other) => start <= other.end && other.start <= end);
    const isBoth = near.length === 1 && near[0].start === start && near[0].end === end;
    if (edge.mark === "em" && near.length && !isBoth) edge.sign = edge.partner.sign = "_";
  }
}

/** The pieces in a row; a character beside a mark is written as an entity where it must be. */
function assembled(pieces) {
  let out = "";
  const signs = pieces.map((piece) => (isEdge(piece) ? piece.sign : piece));
  pieces.forEach((piece, place) => {
    const first = isEdge(piece) && !isSameSign(pieces, place - 1, place);
    if (first) {
      let end = place + 1;
      while (isSameSign(pieces, end, place)) end += 1;
      // Two characters may be four of UTF-16.
      const after = signs.slice(end, end + 5).join("").slice(0, 4);
      const [canOpen, canClose] = flanking(out.slice(-4), after, signs[place] !== "_");
      const last = Array.from(out.slice(-2)).at(-1);
      const [next] = signs[end] ?? "";
      if (piece.opens && !canOpen && isLetter(last)) {
        out = `${out.slice(0, -last.length)}&#${last.codePointAt(0)};`;
      } else if (!piece.opens && !canClose && isLetter(next)) {
        signs[end] = `&#${next.codePointAt(0)};${signs[end].slice(next.length)}`;
      }
    }
    out += signs[place];
  });
  return out;
}

const isSameSign = (pieces, at, place) =>
  isEdge(pieces[at] ?? "") && pieces[at].sign[0] === pieces[place].sign[0];
