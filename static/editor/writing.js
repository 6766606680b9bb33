// The editor's document in the canonical form of the text format: as app/documents/write.py says.
import { runsOf } from "./content.js";
import { phrase, quoted } from "./phrase.js";

const HIGHEST = 999_999_999;
const ALIGNED = { "": "---", start: ":--", center: ":-:", end: "--:" };
const BEGINNING = /^(?:[-+](?=[ \t]|$)|#{1,6}(?=[ \t]|$)|>|~~~|=+[ \t]*$|[-:|][-:| \t]*$)/;
const NUMBER = /^[0-9]{1,9}(?=[.)](?:[ \t]|$))/;
const NOTE = /^\[\^[^\]\s]+\](?=:)/;
const REFERENCE = /^\[(?:[^[\]\\]|\\.)*\]:/s;
const CLOSING = /(?:(?<=[ \t])|^)#+$/;
const DASHES = /^(?:- ?){3,}$/; // which would be a rule

/** The text of a document. */
export const write = (doc) => new Writing(doc).text();

class Writing {
  constructor(doc) {
    this.doc = doc;
    this.owners = new Map(); // id → footnote
    this.notes = []; // in the order of the first references
    this.numbers = new Map(); // footnote → number
    this.inNotes = false;
    doc.descendants((node) => {
      if (node.type.name === "footnote" && !this.owners.has(node.attrs.id))
        this.owners.set(node.attrs.id, node);
    });
  }

  text() {
    const parts = [this.#blocks(children(this.doc))];
    this.inNotes = true;
    for (const note of this.notes) parts.push(this.#note(note)); // which grows
    return parts.filter(Boolean).join("\n\n").normalize("NFC");
  }

  /** A footnote's number: given out at the first reference to it. */
  #numberOf = (node) => {
    const note = node.type.name === "footnote" ? node : this.owners.get(node.attrs.to);
    if (note && !this.numbers.has(note)) {
      this.notes.push(note);
      this.numbers.set(note, this.notes.length);
    }
    return this.numbers.get(note) ?? 0;
  };

  #note(note) {
    const label = `[^${this.numbers.get(note)}]:`;
    const blocks = this.#kept(children(note));
    if (!blocks.length) return label;
    const between = this.#isParagraph(blocks[0]) ? " " : "\n    ";
    return label + between + indented(this.#blocks(blocks), "    ");
  }

  /** Without paragraphs of nothing. */
  #kept = (blocks) =>
    blocks.filter((block) => !this.#isParagraph(block) || this.#hasWords(block));

  #hasWords(block) {
    const isShown = (node) => node.type.name === "footnote" || this.owners.has(node.attrs.to);
    return runsOf(block, (node) => (isShown(node) ? 1 : 0)).length > 0;
  }

  /** In a footnote, a heading is a paragraph. */
  #isParagraph = (block) =>
    block?.type.name === "paragraph" || (this.inNotes && block?.type.name === "heading");

  #blocks(all, between = "\n\n") {
    const blocks = this.#kept(all);
    let other = false;
    return blocks
      .map((block, place) => {
        const isList = block.type.name.endsWith("_list");
        other = isList && blocks[place - 1]?.type === block.type && !other;
        return this.#block(block, other);
      })
      .join(between);
  }

  #block(block, other) {
    if (this.#isParagraph(block)) return paragraph(runsOf(block, this.#numberOf));
    switch (block.type.name) {
      case "heading": {
        const words = phrase(runsOf(block, this.#numberOf, true)).replace(CLOSING, "\\$&");
        return `${"#".repeat(block.attrs.level)} ${words}`.trimEnd();
      }
      case "blockquote":
        return this.#blocks(children(block)).replace(/^(?=(.?))/gm, (_, next) => (next ? "> " : ">"));
      case "bullet_list":
      case "ordered_list":
        return this.#list(block, other);
      case "code_block":
        return fenced(block.textContent.replace(/\r\n?/g, "\n"), block.attrs.info);
      case "horizontal_rule":
        return "***";
      case "table":
        return this.#table(block);
      case "figure":
        return figure(block.attrs);
    }
    throw new Error(`no block: ${block.type.name}`);
  }

  #list(list, other) {
    const bodies = children(list).map((item) => this.#kept(children(item)));
    const tight = this.#isTight(list, bodies);
    const between = tight ? "\n" : "\n\n";
    const texts = bodies.map((blocks) => this.#blocks(blocks, between));
    const bullet = other || texts.some((text) => DASHES.test(`- ${text.split("\n", 1)[0]}`)) ? "+" : "-";
    const items = texts.map((text, place) => {
      const number = Math.min(list.attrs.order + place, HIGHEST);
      const marker = list.type.name === "bullet_list" ? bullet : `${number}${other ? ")" : "."}`;
      return text ? `${marker} ${indented(text, " ".repeat(marker.length + 1))}` : marker;
    });
    return items.join(between);
  }

  /** Whether a list can be, and is, written without empty lines. */
  #isTight(list, bodies) {
    if (bodies.length < 2 && bodies.every((blocks) => blocks.length < 2)) return true;
    const isLoose = !list.attrs.tight && bodies.some((blocks) => blocks.some(this.#isParagraph));
    return !isLoose && bodies.every((blocks) => this.#fitsTight(blocks));
  }

  #fitsTight(blocks) {
    if (blocks.length < 2) return true;
    const [first, second] = blocks;
    const isList = second.type.name === "bullet_list" || second.attrs.order === 1;
    if (blocks.length > 2 || !this.#isParagraph(first) || !isList) return false;
    // An empty item can't interrupt a paragraph.
    const [block] = this.#kept(children(second.firstChild));
    return ["paragraph", "heading"].includes(block?.type.name);
  }

  #table(table) {
    const rows = children(table).map((row) =>
      children(row).map((cell) => phrase(runsOf(cell, this.#numberOf, true)).replaceAll("|", "\\|")),
    );
    const delimiters = children(table.firstChild).map((cell) => ALIGNED[cell.attrs.align]);
    const [head, ...others] = rows;
    return [head, delimiters, ...others].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  }
}

const children = (node) => node.children;

const indented = (text, indent) => text.replace(/\n(?=[^\n])/g, `\n${indent}`);

function paragraph(runs) {
  const text = phrase(runs).split("\n").map(line).join("\n");
  return REFERENCE.test(text) ? `\\${text}` : text;
}

function line(text) {
  if (BEGINNING.test(text)) return `\\${text}`;
  const start = (NUMBER.exec(text) ?? NOTE.exec(text))?.[0];
  return start ? `${start}\\${text.slice(start.length)}` : text;
}

function fenced(content, info) {
  const sign = info.includes("`") ? "~" : "`";
  const found = content.match(sign === "~" ? /~+/g : /`+/g) ?? [];
  const fence = sign.repeat(Math.max(3, ...found.map((row) => row.length + 1)));
  return [fence + info, ...(content ? [content] : []), fence].join("\n");
}

function figure({ id, alternative, caption }) {
  const words = phrase(alternative ? [{ kind: "text", text: alternative, marks: [] }] : [], true);
  return `![${words}](figure:${id}${caption ? ` "${quoted(caption)}"` : ""})`;
}
