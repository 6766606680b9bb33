// Reads {seed, count}, writes as many texts of documents as somebody might make them in the editor.
import { readFileSync } from "node:fs";

import { Fragment, Mark } from "prosemirror-model";

import { schema } from "../../static/editor/schema.js";
import { write } from "../../static/editor/writing.js";

const { nodes, marks } = schema;
const { seed, count } = JSON.parse(readFileSync(0, "utf8"));

let state = seed;
/** mulberry32: a number from 0 to 1, the same for a seed. */
function dice() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (most) => Math.floor(dice() * most);
const one = (list) => list[below(list.length)];
const many = (most, make) => Array.from({ length: 1 + below(most) }, make);

const PIECES = [
  ..."abcé重。단ا“”.,:;!?()[]<>*_`#-+=|~^&\\/'\"1 \u00a0\u3000𝒜",
  ...["word", "two words", " - ", "1. ", "# ", "> ", "[^1]", "](", "&amp;", "http://a.b", "***", "  "],
];
const LINKS = ["https://a.b/c?d=e&f", "https://a.b/(c", "mailto:a@b.c", "https://a.b/é d"];
const MARKS = () => {
  const found = [];
  if (dice() < 0.2) found.push(marks.em.create());
  if (dice() < 0.2) found.push(marks.strong.create());
  if (dice() < 0.1) found.push(marks.link.create({ href: one(LINKS) }));
  if (dice() < 0.07) found.push(marks.code.create());
  return Mark.setFrom(found);
};

let notes = 0;
function phrase(depth, breaks) {
  const found = many(8, () => {
    const chance = dice();
    if (chance < 0.06 && depth < 3)
      return nodes.footnote.create({ id: `n${(notes += 1)}` }, blocks(depth + 2, 2)).mark(MARKS());
    if (chance < 0.08) return nodes.mention.create({ to: `n${below(4)}` });
    if (chance < 0.12 && breaks) return nodes.hard_break.create(null, null, MARKS());
    return schema.text(many(4, () => one(PIECES)).join(""), MARKS());
  });
  return Fragment.from(found);
}

function block(depth) {
  const inner = () => blocks(depth + 1, 3);
  const kinds = {
    paragraph: () => nodes.paragraph.create(null, dice() < 0.1 ? null : phrase(depth, true)),
    heading: () => nodes.heading.create({ level: 2 }, phrase(depth, false)),
    code: () => nodes.code_block.create({ info: one(["", "python", "a`b"]) }, schema.text(one(["x", "```\n~~~", "a\n\n  b"]))),
    rule: () => nodes.horizontal_rule.create(),
    table: () => table(depth),
    quote: () => nodes.blockquote.create(null, inner()),
    bullets: () => nodes.bullet_list.create({ tight: dice() < 0.5 }, many(3, () => nodes.list_item.create(null, inner()))),
    numbers: () => nodes.ordered_list.create({ tight: dice() < 0.5, order: one([0, 1, 1, 9]) }, many(3, () => nodes.list_item.create(null, inner()))),
  };
  const names = Object.keys(kinds);
  return kinds[depth < 3 ? one([...names, "paragraph", "paragraph"]) : "paragraph"]();
}

function table(depth) {
  const width = 1 + below(3);
  const aligns = Array.from({ length: width }, () => one(["", "start", "center", "end"]));
  const row = (type) =>
    nodes.table_row.create(null, aligns.map((align) => type.create({ align }, dice() < 0.2 ? null : phrase(depth + 2, false))));
  return nodes.table.create(null, [row(nodes.table_header), ...many(2, () => row(nodes.table_cell))]);
}

const blocks = (depth, most) => many(most, () => block(depth));

const texts = Array.from({ length: count }, () => {
  const doc = nodes.doc.create(null, blocks(0, 5));
  doc.check();
  return write(doc);
});
process.stdout.write(JSON.stringify(texts));
