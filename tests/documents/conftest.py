"""What the tests of documents share: words for labels, and one text that uses every construct."""

import pytest

from app.documents.render import NoteLabels


@pytest.fixture
def labels() -> NoteLabels:
    return NoteLabels("Back {number}", "Notes", "Note {number}", "Table {number}")


@pytest.fixture
def everything() -> str:
    return EVERYTHING


EVERYTHING = """\
# Top

A *paragraph* with **strong**, `code`, a [link](https://example.org/a?b=c&d), <https://example.org>,
a hard  
break, a note[^1] and again[^1], &amp; an entity \\* and an escape.

### Below

> Quoted
>
> - item
> - item

1. one
2. two

   paragraph

* loose

* list

---

```python
print("<b>")
```

| left | centre | right | none |
|:-----|:------:|------:|------|
| a    | b[^2]  | **c** |      |

网络
空间 и кириллица، والعربية

[^1]: First with *emphasis*[^3].

    Second paragraph.

[^2]: Another.

[^3]:
    - a list
    - in a note
"""
