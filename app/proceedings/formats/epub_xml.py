"""Elements for the EPUB's files: making them and finding them, with lxml."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lxml import etree

XHTML: Final = "http://www.w3.org/1999/xhtml"
OPF: Final = "http://www.idpf.org/2007/opf"
DC: Final = "http://purl.org/dc/elements/1.1/"
TYPE: Final = "{http://www.idpf.org/2007/ops}type"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

Maker = Callable[..., etree._Element]


def maker(namespace: str, prefixes: Mapping[Any, str]) -> Maker:
    """A function that makes an element of that namespace from a name, attributes and content."""

    def make(
        name: str, attributes: Mapping[str, str], *content: etree._Element | str
    ) -> etree._Element:
        element = etree.Element(f"{{{namespace}}}{name}", dict(attributes), dict(prefixes))
        for part in content:
            if isinstance(part, str):
                if len(element):
                    element[-1].tail = (element[-1].tail or "") + part
                else:
                    element.text = (element.text or "") + part
            else:
                element.append(part)
        return element

    return make


def find_all(root: etree._Element, path: str) -> list[etree._Element]:
    """Elements at an XPath in which ``h:`` is XHTML."""
    found = root.xpath(path, namespaces={"h": XHTML})
    return (
        [each for each in found if isinstance(each, etree._Element)]
        if isinstance(found, list)
        else []
    )


def find(root: etree._Element, path: str) -> etree._Element:
    """The first such element; IndexError if pandoc's output has none."""
    return find_all(root, path)[0]
