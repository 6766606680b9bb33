// A text as the editor's document: parsed as the server does, settled as app/documents/settle.py says.
// Unlike there nothing is dropped: what the profile does not keep stays in the words for its writer.
import { Mark } from "prosemirror-model";

import { joins } from "./cjk.js";
import { MAX_CHARACTERS, MAX_NESTING, normalise, read } from "./grammar.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const HEADING_LEVELS = 3;
const FIGURE = /^figure:([0-9a-f]{32})$/;
const ALLOWED_LINK = /^(?:https?|mailto):(?:\/\/)?[^/]/i;
const ALIGNMENTS = {
  "text-align:left": "start",
  "text-align:center": "center",
  "text-align:right": "end",
};

/** The text is beyond what the format allows; the plain text field takes it. */
export class TooMuch extends Error {}

/** The document of a text; TooMuch for one that is too long or too deep. */
export function parse(text) {
  if (text.length > MAX_CHARACTERS) throw new TooMuch();
  const { tokens, references } = read(normalise(text));
  if (tokens.some(isTooDeep)) throw new TooMuch();
  return new Reading(tokens, references).document();
}

const isTooDeep = (token) =>
  (token.nesting === 1 && token.level >= MAX_NESTING - 1) ||
  (token.children ?? []).some((child) => child.level >= MAX_NESTING);

const plain = (token) =>
  token.type === "softbreak" || token.type === "hardbreak"
    ? " "
    : token.children
      ? token.children.map(plain).join("")
      : token.content;

class Reading {
  constructor(found, references) {
    this.references = references;
    this.addresses = new Set(); // of the links in the text
    this.notes = new Map(); // label → block tokens
    this.repeated = []; // labels of notes defined a second time, under names of their own
    this.body = this.#split(found);
    this.used = new Set();
    this.#settle();
  }

  document() {
    const blocks = this.#blocks(this.body, true);
    const lost = [...this.notes.keys()].filter((label) => !this.used.has(label));
    if (lost.length) {
      // Nothing refers to these; at the end of the text their writer sees them.
      const references = lost.map((label) => this.#footnote(label));
      blocks.push(nodes.paragraph.create(null, references));
    }
    for (const [label, { href }] of Object.entries(this.references))
      if (!this.addresses.has(href))
        blocks.push(nodes.paragraph.create(null, schema.text(`[${label}]: ${href}`)));
    return nodes.doc.create(null, blocks.length ? blocks : [nodes.paragraph.create()]);
  }

  #split(found) {
    const body = [];
    const stack = [body];
    for (const token of found) {
      if (token.type === "footnote_reference_open") {
        const { label } = token.meta;
        const name = this.notes.has(label) ? `${label} ${this.notes.size}` : label;
        stack.push([]);
        this.notes.set(name, stack.at(-1));
      } else if (token.type === "footnote_reference_close") stack.pop();
      else stack.at(-1).push(token);
    }
    return body;
  }

  /** Which reference holds its footnote: the first, those inside footnotes after all others. */
  #settle() {
    const order = [];
    const visit = (list) => {
      for (const token of list)
        for (const child of token.children ?? []) {
          if (child.type !== "footnote_ref") continue;
          const { label } = child.meta;
          child.meta = { label, first: !this.used.has(label) };
          if (child.meta.first) order.push(label);
          this.used.add(label);
        }
    };
    visit(this.body);
    for (const label of order) visit(this.notes.get(label) ?? []); // which grows
    const levels = [];
    for (const token of this.body) {
      if (token.type !== "heading_open") continue;
      const written = Number(token.tag[1]);
      while (levels.length && levels.at(-1) >= written) levels.pop();
      levels.push(written);
      token.meta = { level: 1 + Math.min(levels.length, HEADING_LEVELS) };
    }
  }

  #footnote(label) {
    this.used.add(label);
    const blocks = this.#blocks(this.notes.get(label) ?? [], false);
    return nodes.footnote.create({ id: label }, filled(blocks));
  }

  #blocks(list, top) {
    const blocks = [];
    let at = 0;
    while (at < list.length) {
      const end = list[at].nesting === 1 ? closing(list, at) : at;
      const block = this.#block(list.slice(at, end + 1), top);
      if (block) blocks.push(block);
      at = end + 1;
    }
    return blocks;
  }

  #block([token, ...rest], top) {
    const inner = rest.slice(0, -1);
    switch (token.type) {
      case "paragraph_open":
        return (top && this.#figure(inner[0])) || this.#words(nodes.paragraph, null, inner[0], true);
      case "heading_open":
        return token.meta?.level
          ? this.#words(nodes.heading, { level: token.meta.level }, inner[0], false)
          : this.#words(nodes.paragraph, null, inner[0], true);
      case "blockquote_open":
        return nodes.blockquote.create(null, filled(this.#blocks(inner, false)));
      case "bullet_list_open":
        return this.#list(nodes.bullet_list, {}, inner);
      case "ordered_list_open":
        return this.#list(nodes.ordered_list, { order: Number(token.attrGet("start") ?? 1) }, inner);
      case "fence":
        return code(token);
      case "hr":
        return nodes.horizontal_rule.create();
      case "table_open":
        return this.#table(inner);
    }
    throw new Error(`no block: ${token.type}`);
  }

  #words(type, attrs, inline, breaks) {
    const content = inline ? this.#inlines(inline.children, breaks) : [];
    return type.create(attrs, content);
  }

  #figure(inline) {
    const [image, ...others] = inline?.children ?? [];
    if (image?.type !== "image" || others.length) return null;
    const match = FIGURE.exec(image.attrGet("src"));
    const line = (words) => words.split(/\s+/).filter(Boolean).join(" ");
    return (
      match &&
      nodes.figure.create({
        id: match[1],
        alternative: line(plain(image)),
        caption: line(image.attrGet("title") ?? ""),
      })
    );
  }

  #list(type, attrs, inner) {
    const items = [];
    let tight = true;
    const level = inner[0]?.level ?? 0;
    for (let at = 0; at < inner.length; ) {
      const end = closing(inner, at);
      const item = inner.slice(at + 1, end);
      tight &&= !item.some((each) => each.type === "paragraph_open" && each.level === level + 1 && !each.hidden);
      items.push(nodes.list_item.create(null, filled(this.#blocks(item, false))));
      at = end + 1;
    }
    return type.create({ ...attrs, tight }, items);
  }

  #table(inner) {
    const rows = [];
    let align = [];
    for (let at = 0; at < inner.length; at += 1) {
      const { type } = inner[at];
      if (type === "tr_open") rows.push([]);
      if (type !== "th_open" && type !== "td_open") continue;
      const attrs = { align: ALIGNMENTS[inner[at].attrGet("style")] ?? "" };
      const cell = type === "th_open" ? nodes.table_header : nodes.table_cell;
      const inline = inner[at + 1].type === "inline" ? inner[at + 1] : null;
      rows.at(-1).push(this.#words(cell, attrs, inline, false));
    }
    return nodes.table.create(null, rows.map((cells) => nodes.table_row.create(null, cells)));
  }

  #inlines(list, breaks) {
    const found = [];
    const active = [];
    const say = (text) => text && found.push(schema.text(text, active.filter(Boolean)));
    for (const [place, token] of list.entries()) {
      switch (token.type) {
        case "em_open":
        case "strong_open":
          active.push(marks[token.type.slice(0, -5)].create());
          break;
        case "em_close":
        case "strong_close":
          active.pop();
          break;
        case "link_open":
          this.addresses.add(token.attrGet("href"));
          active.push(linkOf(token, active));
          if (!active.at(-1) && token.markup === "autolink") say("<");
          if (active.at(-1) && list[place + 1].type === "link_close") say(token.attrGet("href"));
          break;
        case "link_close":
          if (!active.pop() && token.markup === "autolink") say(">");
          break;
        case "code_inline":
          found.push(schema.text(token.content, [...active.filter(Boolean), marks.code.create()]));
          break;
        case "softbreak":
          if (!isJoined(list, place)) say(" ");
          break;
        case "hardbreak":
          if (breaks) found.push(nodes.hard_break.create(null, null, active.filter(Boolean)));
          else say(" ");
          break;
        case "footnote_ref":
          found.push(this.#reference(token.meta).mark(Mark.setFrom(active.filter((mark) => mark && mark.type !== marks.link))));
          break;
        case "image":
          say(asTyped(token));
          break;
        default:
          say(token.content);
      }
    }
    return found;
  }

  #reference({ label, first }) {
    return first ? this.#footnote(label) : nodes.mention.create({ to: label });
  }
}

const filled = (blocks) => (blocks.length ? blocks : [nodes.paragraph.create()]);

function closing(list, at) {
  let depth = 0;
  for (let place = at; place < list.length; place += 1) {
    depth += list[place].nesting;
    if (depth === 0) return place;
  }
  throw new Error("unbalanced");
}

function code(token) {
  const content = token.content.replace(/\n$/, "");
  return nodes.code_block.create({ info: token.info.trim() }, content ? schema.text(content) : null);
}

function linkOf(token, active) {
  const href = token.attrGet("href");
  const inside = active.some((mark) => mark?.type === marks.link);
  if (inside || (token.markup === "autolink" && !ALLOWED_LINK.test(href))) return null;
  return marks.link.create({ href, title: token.attrGet("title") ?? "" });
}

const asTyped = (image) => {
  const title = image.attrGet("title");
  return `![${plain(image)}](${image.attrGet("src")}${title ? ` "${title}"` : ""})`;
};

/** Whether a wrapped line goes on without a space: between two characters of a script without spaces. */
function isJoined(list, place) {
  const before = list.slice(0, place).findLast((token) => token.content)?.content;
  const after = list.slice(place + 1).find((token) => token.content || token.type === "softbreak")?.content;
  return Boolean(before && after) && joins(Array.from(before).at(-1), Array.from(after)[0]);
}
