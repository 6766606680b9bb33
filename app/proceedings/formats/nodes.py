"""Small questions to pandoc's syntax tree, and small pieces of it (pandoc-types 1.23)."""

import re
from typing import Any, Final

Node = dict[str, Any]

_ARABIC: Final = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_LETTER: Final = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]")


def text_of(node: Any) -> str:
    """All text in a node, in order, without marks."""
    if isinstance(node, list):
        return "".join(map(text_of, node))
    if not isinstance(node, dict):
        return ""
    match node.get("t"):
        case "Str":
            return str(node["c"])
        case "Space" | "SoftBreak" | "LineBreak":
            return " "
        case "Code" | "CodeBlock":
            return str(node["c"][1])
        case _:
            return text_of(node.get("c"))


def is_foreign(inlines: list[Node]) -> bool:
    """Whether a stretch of an Arabic text is wholly foreign: a citation in a note, an address.

    Without a direction of its own, the full stop at its end would move to its beginning (UAX #9).
    """
    text = text_of(inlines)
    return bool(_LETTER.search(text)) and not _ARABIC.search(text)


def isolated(node: Any) -> Any:
    """The same tree with ``dir="ltr"`` on what is foreign or code in an Arabic text."""
    if isinstance(node, list):
        return [isolated(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    content = isolated(node.get("c"))
    if node["t"] in ("Para", "Plain") and is_foreign(node["c"]):
        return {"t": node["t"], "c": [span(content, dir="ltr")]}
    if node["t"] in ("Code", "CodeBlock"):
        return {"t": node["t"], "c": [attributes(dir="ltr"), node["c"][1]]}
    if node["t"] == "Link" and is_foreign(node["c"][1]):
        return span([{"t": "Link", "c": content}], dir="ltr")
    return {**node, "c": content} if "c" in node else node


def plain(text: str) -> list[Node]:
    """A text as inlines."""
    return [{"t": "Str", "c": text}]


def attributes(name: str = "", classes: str = "", **values: str) -> list[Any]:
    return [name, classes.split(), [[key, value] for key, value in values.items() if value]]


def span(inlines: list[Node], classes: str = "", **values: str) -> Node:
    return {"t": "Span", "c": [attributes("", classes, **values), inlines]}


def strong(text: str) -> Node:
    return {"t": "Strong", "c": plain(text)}


def para(*inlines: Node) -> Node:
    return {"t": "Para", "c": list(inlines)}


def div(classes: str, blocks: list[Node], **values: str) -> Node:
    return {"t": "Div", "c": [attributes("", classes, **values), blocks]}


def header(level: int, name: str, title: str, classes: str = "") -> Node:
    return {"t": "Header", "c": [level, attributes(name, classes), plain(title)]}


def link(inlines: list[Node], target: str) -> Node:
    return {"t": "Link", "c": [attributes(), inlines, [target, ""]]}
