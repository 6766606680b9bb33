"""Texts that several tests share: every construct, hard cases, the demonstration's essays."""

from typing import Final

from hypothesis import strategies as st

from app.config import ROOT
from tests.documents.conftest import EVERYTHING

ESSAYS: Final = {
    f"{path.parts[-3]}/{path.stem}": path.read_text().split("+++", 2)[2].strip()
    for folder in ("essays", "desk")
    for path in sorted(ROOT.glob(f"app/demonstration/content/*/{folder}/*.md"))
}

HARD: Final = [
    "",
    "5 * 3, snake_case_name, _under_, a\\*b, C:\\Users, `tick`",
    "[2019] ECR I-123; [a](b) \\[a](https://b.c) ![x] !\\[x]",
    "\\[a]: https://b.c",
    "\\[a] and [^1]\n\n[^1]\\: x\n\n[^1]: [1974] ICJ Rep 3",
    "[^1](see there)\n\nIndeed![^1][a](https://b.c)![b](https://b.c)\n\n[^1]: n",
    "2019\\. A year\n\n\\- no item\n\n\\# no heading\n\n\\> none\n\na\\\n\\- b\\\n\\=== \\\n1\\. c",
    "&amp;copy; AT&T & <a> a<b < c <https://a.b/c?d=e&amp;copy;>, <a.b@example.org>",
    '[a](https://a.b/x_(y)) [b](https://a.b/\\(y) [c](<https://a.b/c d> "Title \\"q\\"")',
    "**重点。**后文，*强调*中，“**引文**”后",
    "a x*a*y **a *b* c** ***a* b** *a **b*** *a **b** c*",
    '*a*&#8203;**b** &#97;**"b"**&#99;',
    "`` a`b `` ` `` ` `  a  ` `|`",
    "## C#\n\n### a \\#\n\n#### #\\#\n\n##",
    "Top\n===\n\nunder\nneath\n---",
    "- a\n  - b\n    1. c\n- d\n\n* other\n\n+ third\n\n1. x\n\n1) y\n\n10. z\n11. w",
    "- a\n\n  b\n\n- c\n\n      d\n-\n- > q\n- ```\n  code\n  ```\n- ***\n- | t |\n  | - |",
    "- - a\n  - b\n\n- 1. c\n\n0. zero",
    "> a\n> > b\n>\n> - c\n\n> d",
    "````\n```\n````\n\n~~~ a`b\nx  \n\n  y\n~~~\n\n```\n```",
    "| a\\|b | `c\\|d` |\n| :- | -: |\n| [^1] | **x** \\* |\n| |\n\n| one |\n| --- |\n\n[^1]: n",
    "a  \nb\\\n\\\nc *d\\\ne*",
    "[a][r] and [b]\n\n[r]: https://a.b 'T'\n[b]: https://c.d",
    f'![An *alternative* \\[text\\]](figure:{"0" * 32})\n\n![b](figure:{"1" * 32} "Say \\"x\\"")',
    "a[^x]b[^y]\n\n[^y]: Y[^z]\n\n    > q\n\n[^x]:\n    | t |\n    | - |\n\n[^z]: Z[^x]",
    "a[^x]\n\n[^x]:",
    "　　缩进\n\nأ*ب*ج **د**، 한**국**어",
]

TEXTS: Final = [EVERYTHING, *HARD, *ESSAYS.values()]

PIECES: Final = [
    *("*", "**", "***", "_", "__", "`", "``", "```\n", "[", "](", ")", "<", ">", "> ", "- "),
    *("+ ", "1. ", "2) ", "# ", "### ", "    ", "  ", " ", "\n", "\n\n", "|", "|-|-|\n", "!"),
    *("|a|b|\n", "[^1]", "[^1]: ", "[^1][^2]", "\n[^2]: ", "![", "](https://a.b)", "[c"),
    *("https://a.b", "<https://a.b>", "&amp;", "&nbsp;", "&#97;", "\\", "\\\n", "重。", "단"),
    *("ا", "a", "b", "1.", "“", "”", ".", "(", "---\n", "===\n", "\t", "[a]: /u\n", "  \n"),
    *("\n\n[^1]: x\n\n[^2]: y", "。", "é", "e\u0301", "́", "\u3000", "𝒜", "=", ":", "#", "!["),
]
structured: Final = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
