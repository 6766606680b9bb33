// What is pasted from Word, LibreOffice, Google's documents and web pages: structure and footnotes are kept,
// the rest is dropped. Works on the markup alone, before the editor's own rules read it.
import { DOMParser as Reader } from "prosemirror-model";

import { schema } from "./schema.js";

const DROPPED = "script, style, meta, link, title, head, xml, template, noscript, del, img, svg, object, iframe, form, button, input, select, textarea, [hidden]";
const BLOCKS = "p, div, li, ul, ol, table, blockquote, pre, h1, h2, h3, h4, h5, h6, section, hr";
const NOTE_MARKS = /^[\s\u200e\u200f]*[([（〔【]?(?:\p{N}+|[ivxlc]+|[*†‡])[\])）〕】]?[\s\u200e\u200f]*$/iu;
/** “1.”, “a)”, “iv.”; “١.”, “أ‌-”; “一、”, “（二）”; “가.”, “①”. A letter alone is a bullet of a symbol font. */
const NUMBERED = /^[\s\u200e\u200f]*(?:[([（]?(?:\p{Nd}+|\p{L}|[ivxlc]+|[一二三四五六七八九十百]+)\u200c?[.)\]）．、-]|[①-⑳㈎-㈛㉮-㉻])/iu;

/** Styles under another name and no handlers: the page's policy would complain of each. */
const inert = (html) =>
  html.replace(/<style[\s>][^]*?<\/style\s*>/gi, "").replace(/<[a-z][^>]*>/gi, (tag) =>
    tag.replace(/\sstyle(?=\s*=)/gi, " data-style").replace(/\son[a-z]+(?=\s*=)/gi, " data-on"),
  );

/** Pasted HTML as HTML that the schema's rules understand. */
export function clean(html) {
  const { body } = new window.DOMParser().parseFromString(inert(html), "text/html");
  if (body.querySelector("[data-pm-slice]")) return html; // copied from this editor
  strip(body);
  marks(body);
  quotations(body);
  lists(body);
  tables(body);
  links(footnotes(body));
  headings(body);
  for (const each of body.querySelectorAll("[data-style]")) each.removeAttribute("data-style");
  empty(body);
  return body.innerHTML;
}

const styleOf = (element) => (element.getAttribute("data-style") ?? "").toLowerCase().replace(/\s*:\s*/g, ":");

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function rename(element, name) {
  const fresh = element.ownerDocument.createElement(name);
  fresh.append(...element.childNodes);
  element.replaceWith(fresh);
  return fresh;
}

function strip(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const each of comments) each.remove();
  for (const each of body.querySelectorAll(DROPPED)) each.remove();
  for (const each of body.querySelectorAll("[data-style]")) {
    const style = styleOf(each);
    if (/display:none|mso-hide:all/.test(style) && !/mso-element/.test(style)) each.remove();
  }
  // Word's own elements, o:p and such, say nothing.
  for (const each of [...body.querySelectorAll("*")]) if (each.localName.includes(":")) unwrap(each);
}

/** Strong and emphasis that are only in a style; and what calls itself so but isn't. */
function marks(body) {
  for (const each of [...body.querySelectorAll("b, strong, i, em, span, font")]) {
    const style = styleOf(each);
    const weight = /(?:^|;)\s*font-weight:(\w+)/.exec(style)?.[1];
    const slant = /(?:^|;)\s*font-style:(\w+)/.exec(style)?.[1];
    const bold = weight && /^(?:bold|bolder|[6-9]00)$/.test(weight);
    const italic = slant && /^(?:italic|oblique)$/.test(slant);
    const isPlain = weight && !bold;
    if (each.matches("b, strong") && isPlain) unwrap(each);
    else if (each.matches("i, em") && slant && !italic) unwrap(each);
    else if (each.matches("span, font") && !each.closest("h1, h2, h3, h4, h5, h6")) {
      if (bold) each.append(wrapped(each, "strong"));
      if (italic) each.append(wrapped(each, "em"));
    }
  }
}

function wrapped(element, name) {
  const mark = element.ownerDocument.createElement(name);
  mark.append(...element.childNodes);
  return mark;
}

function quotations(body) {
  for (const each of [...body.querySelectorAll("p.MsoQuote, p.MsoIntenseQuote, p.quotations, p.western.quote")]) {
    const quote = each.ownerDocument.createElement("blockquote");
    each.replaceWith(quote);
    quote.append(each);
  }
}

/** Word writes the items of lists as paragraphs, with a level and a mark of their own. */
function lists(body) {
  let open = []; // the lists around, outermost first
  for (const each of [...body.querySelectorAll("p")]) {
    const level = Number(/mso-list:\s*\w+ level(\d+)/i.exec(each.getAttribute("data-style") ?? "")?.[1] ?? 0);
    if (!level) continue;
    const sign = [...each.querySelectorAll("span")].find((span) => /mso-list:ignore/.test(styleOf(span)));
    const tag = NUMBERED.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    if (open[0] && previous(each) !== open[0]) open = [];
    open.length = Math.min(open.length, level);
    if (open.length === level && open.at(-1).localName !== tag) open.pop();
    while (open.length < level) {
      const fresh = each.ownerDocument.createElement(tag);
      const parent = open.at(-1)?.lastElementChild ?? null;
      if (parent) parent.append(fresh);
      else if (open.length) open.at(-1).append(fresh);
      else each.before(fresh);
      open.push(fresh);
    }
    const item = each.ownerDocument.createElement("li");
    open.at(-1).append(item);
    item.append(each);
    each.removeAttribute("data-style");
  }
  // Others put lists into lists, next to the items.
  for (const each of [...body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")])
    if (each.previousElementSibling?.localName === "li") each.previousElementSibling.append(each);
}

function previous(element) {
  let before = element.previousSibling;
  while (before && before.nodeType === 3 && !before.textContent.trim()) before = before.previousSibling;
  return before;
}

/** Cells of one line, as many in each row, the first row being the head. */
function tables(body) {
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    if (table.querySelector("table")) {
      // A table around others is layout.
      for (const part of [...table.querySelectorAll(":scope > *, :scope > * > tr, :scope > * > tr > :is(td, th)")].reverse())
        unwrap(part);
      unwrap(table);
      continue;
    }
    table.querySelectorAll("colgroup, caption").forEach((each) => each.remove());
    const rows = [...table.querySelectorAll("tr")];
    for (const row of rows)
      for (const cell of [...row.children]) {
        const span = Math.min(Number(cell.getAttribute("colspan") ?? 1) || 1, 50);
        cell.removeAttribute("colspan");
        cell.removeAttribute("rowspan");
        for (let more = 1; more < span; more += 1) cell.after(table.ownerDocument.createElement("td"));
        for (const inner of [...cell.querySelectorAll(BLOCKS)].reverse()) {
          inner.append(" ");
          unwrap(inner);
        }
        cell.querySelectorAll("br").forEach((each) => each.replaceWith(" "));
        const alignment = cell.getAttribute("align") ?? /text-align:(\w+)/.exec(styleOf(cell))?.[1];
        if (alignment) cell.setAttribute("align", alignment);
      }
    const width = Math.max(0, ...rows.map((row) => row.children.length));
    if (!width) table.remove();
    rows.forEach((row, place) => {
      while (row.children.length < width) row.append(table.ownerDocument.createElement("td"));
      for (const cell of [...row.children]) {
        const fresh = rename(cell, place ? "td" : "th");
        if (cell.getAttribute("align")) fresh.setAttribute("align", cell.getAttribute("align"));
      }
    });
  }
}

/**
 * Footnotes. Word, LibreOffice, Google's documents, pandoc and this site all write two links that lead to
 * each other: from the text to the footnote, and back.
 */
function footnotes(body) {
  const find = (anchor) => {
    const name = decodeURIComponent((anchor.getAttribute("href") ?? "").split("#")[1] ?? "");
    return name ? [...body.querySelectorAll("[id], [name]")].find((each) => each.id === name || each.getAttribute("name") === name) : null;
  };
  const found = [];
  for (const anchor of body.querySelectorAll("a[href*='#']")) {
    const target = find(anchor);
    if (!target || anchor.closest("[data-note]")) continue;
    const holder = holderOf(target);
    const back = [...holder.querySelectorAll("a[href*='#']")].find((each) => {
      const source = each === anchor ? null : find(each);
      return source && (source === anchor || source.contains(anchor) || anchor.contains(source));
    });
    const isBefore = anchor.compareDocumentPosition(holder) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!back || !isBefore || holder.contains(anchor)) continue;
    holder.dataset.note = "";
    found.push({ anchor, holder, back });
  }
  for (const { back } of found) (back.closest("sup") ?? back).remove();
  for (const { anchor, holder } of found) {
    const note = body.ownerDocument.createElement("sup");
    links(holder);
    note.dataset.footnote = JSON.stringify(contentOf(holder));
    note.textContent = "*";
    const around = anchor.closest("sup") ?? anchor;
    (NOTE_MARKS.test(around.textContent) ? around : anchor).replaceWith(note);
  }
  for (const { holder } of found) holder.remove();
  for (const each of body.querySelectorAll("[data-style*='mso-element'], section, ol, div")) {
    if (found.length && !each.textContent.trim() && !each.querySelector("table, sup, hr + *")) each.remove();
  }
  return body;
}

/** What holds a footnote's words: its own element, or the paragraph around the link back. */
function holderOf(target) {
  const own = target.closest("li, div[id], aside, [data-style*='mso-element:footnote'], [data-style*='mso-element:endnote']");
  const isList = own && /mso-element:\s*(?:foot|end)note-list/.test(own.getAttribute("data-style") ?? "");
  const alone = own && !isList && own.querySelectorAll("a[href*='#']").length < 4 && own.textContent.length < 20_000;
  return alone ? own : (target.closest("p") ?? target);
}

function contentOf(holder) {
  const copy = holder.cloneNode(true);
  copy.querySelectorAll("[data-style]").forEach((each) => each.removeAttribute("data-style"));
  empty(copy);
  const { content } = Reader.fromSchema(schema).parse(copy);
  const blocks = content.toJSON() ?? [];
  return blocks.map((each) => (each.type === "heading" ? { ...each, type: "paragraph", attrs: {} } : each));
}

/** Links that lead out of the page stay. */
function links(root) {
  for (const each of [...root.querySelectorAll("a")])
    if (!/^(?:https?|mailto):/i.test(each.getAttribute("href") ?? "")) unwrap(each);
}

/** The highest heading becomes the highest that an essay has. */
function headings(body) {
  const found = [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  const highest = Math.min(...found.map((each) => Number(each.localName[1])));
  for (const each of found) {
    const fresh = rename(each, `h${Math.min(Number(each.localName[1]) - highest + 2, 4)}`);
    fresh.querySelectorAll("b, strong, br").forEach((inner) => (inner.localName === "br" ? inner.replaceWith(" ") : unwrap(inner)));
  }
}

/** Paragraphs of nothing, with which others make distances. */
function empty(root) {
  for (const each of root.querySelectorAll("p, h1, h2, h3, h4, blockquote, li, span"))
    if (!each.textContent.trim() && !each.querySelector("sup, table")) each.remove();
}
