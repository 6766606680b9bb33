// What a text can hold, and nothing else: the profile of app/documents/profile.py as a schema.
import { Fragment, Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const SAFE = /^(?:https?|mailto):/i;
const ID = /^[0-9a-f]{32}$/;
const ALIGNMENTS = new Set(["start", "center", "end"]);

const tables = tableNodes({
  tableGroup: "block",
  cellContent: "phrase*",
  cellAttributes: {
    align: {
      default: "",
      getFromDOM: (cell) => alignmentOf(cell),
      setDOMAttr: (value, attributes) => {
        if (value) attributes.class = value;
      },
    },
  },
});

function alignmentOf(cell) {
  const given = cell.className || cell.getAttribute("align") || cell.style?.textAlign || "";
  const named = { left: "start", right: "end" }[given] ?? given;
  return ALIGNMENTS.has(named) ? named : "";
}

/** What a footnote holds, from the attribute in which it is copied. */
function noteContent(element, schema) {
  try {
    return Fragment.fromJSON(schema, JSON.parse(element.dataset.footnote));
  } catch {
    return Fragment.from(schema.nodes.paragraph.create());
  }
}

let made = 0;
/** A name for a new footnote, of its own in this page. */
export const freshId = () => `new-${(made += 1)}`;

const list = (tag, attrs) => ({
  group: "block",
  content: "list_item+",
  attrs: { tight: { default: true }, ...attrs },
  parseDOM: [
    {
      tag,
      getAttrs: (element) => ({
        tight: !element.querySelector(":scope > li > p + p"),
        ...(attrs ? { order: element.start ?? 1 } : {}),
      }),
    },
  ],
  toDOM: (node) => [tag, node.attrs.order > 1 || node.attrs.order === 0 ? { start: node.attrs.order } : {}, 0],
});

export const schema = new Schema({
  nodes: {
    doc: { content: "(block | top)+" },
    paragraph: {
      group: "block",
      content: "inline*",
      parseDOM: [{ tag: "p" }],
      toDOM: () => ["p", 0],
    },
    heading: {
      group: "block",
      content: "phrase*",
      defining: true,
      attrs: { level: { default: 2 } },
      parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
        tag: `h${level}`,
        attrs: { level: Math.min(Math.max(level, 2), 4) },
      })),
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    blockquote: {
      group: "block",
      content: "block+",
      defining: true,
      parseDOM: [{ tag: "blockquote" }],
      toDOM: () => ["blockquote", 0],
    },
    bullet_list: list("ul"),
    ordered_list: list("ol", { order: { default: 1 } }),
    list_item: {
      content: "block+",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    code_block: {
      group: "block",
      content: "text*",
      marks: "",
      code: true,
      defining: true,
      attrs: { info: { default: "" } },
      parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
      toDOM: () => ["pre", { dir: "ltr" }, ["code", 0]],
    },
    horizontal_rule: {
      group: "block",
      parseDOM: [{ tag: "hr" }],
      toDOM: () => ["hr"],
    },
    ...tables,
    figure: {
      group: "top",
      atom: true,
      draggable: true,
      attrs: { id: {}, alternative: { default: "" }, caption: { default: "" } },
      parseDOM: [
        {
          tag: "figure[data-figure]",
          getAttrs: ({ dataset }) =>
            ID.test(dataset.figure) && {
              id: dataset.figure,
              alternative: dataset.alternative ?? "",
              caption: dataset.caption ?? "",
            },
        },
      ],
      toDOM: ({ attrs }) => [
        "figure",
        { "data-figure": attrs.id, "data-alternative": attrs.alternative, "data-caption": attrs.caption },
      ],
    },
    text: { group: "inline phrase" },
    hard_break: {
      group: "inline",
      inline: true,
      selectable: false,
      linebreakReplacement: true,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    // A footnote stands where the text refers to it; its words are inside.
    footnote: {
      group: "inline phrase",
      inline: true,
      atom: true,
      content: "block+",
      isolating: true,
      attrs: { id: {} },
      parseDOM: [
        {
          tag: "sup[data-footnote]",
          getAttrs: () => ({ id: freshId() }),
          getContent: noteContent,
          priority: 60,
        },
      ],
      // In an attribute: a paragraph can't hold paragraphs in HTML.
      toDOM: (node) => ["sup", { "data-footnote": JSON.stringify(node.content.toJSON()) }, "*"],
    },
    // A further reference to a footnote that stands elsewhere.
    mention: {
      group: "inline phrase",
      inline: true,
      atom: true,
      attrs: { to: {} },
      parseDOM: [
        { tag: "sup[data-mention]", getAttrs: ({ dataset }) => ({ to: dataset.mention }), priority: 60 },
      ],
      toDOM: (node) => ["sup", { "data-mention": node.attrs.to }, "*"],
    },
  },
  marks: {
    link: {
      attrs: { href: {}, title: { default: "" } },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (element) =>
            SAFE.test(element.getAttribute("href")) && { href: element.getAttribute("href") },
        },
      ],
      // No address that runs: what is not kept at the end is not live here either.
      toDOM: ({ attrs }) => ["a", SAFE.test(attrs.href) ? { href: attrs.href } : {}, 0],
    },
    em: {
      parseDOM: [
        { tag: "em" },
        { tag: "i", getAttrs: (element) => element.style.fontStyle !== "normal" && null },
        { style: "font-style=italic" },
        { style: "font-style=normal", clearMark: (mark) => mark.type.name === "em" },
      ],
      toDOM: () => ["em", 0],
    },
    strong: {
      parseDOM: [
        { tag: "strong" },
        { tag: "b", getAttrs: (element) => element.style.fontWeight !== "normal" && null },
        {
          style: "font-weight",
          getAttrs: (value) => /^(?:bold(?:er)?|[6-9]\d\d)$/.test(value) && null,
        },
        { style: "font-weight=normal", clearMark: (mark) => mark.type.name === "strong" },
        { style: "font-weight=400", clearMark: (mark) => mark.type.name === "strong" },
      ],
      toDOM: () => ["strong", 0],
    },
    code: {
      parseDOM: [{ tag: "code" }],
      toDOM: () => ["code", { dir: "ltr" }, 0],
    },
  },
});
