"""Reading what authors paste: BibTeX, RIS, CSL-JSON, plain lines, and what is none of these."""

import json
import time

import pytest

from app.documents.references import reading
from app.documents.references.items import MOST, is_unstructured
from app.documents.references.reading import LONGEST_PASTE, read

BIBTEX = r"""% Encoding: UTF-8
@string{jcsl = "Journal of Conflict and Security Law"}
@article{schmitt2012, author = {Schmitt, Michael N. and {NATO CCDCOE}},
  title = {{\"U}ber the \emph{Law} of 50\% War}, journal = jcsl, year = 2012, volume = 17,
  pages = {245--270}, doi = {https://doi.org/10.1093/jcsl/krs019}, abstract = {Long.}}
@jurisdiction{nicaragua, title = {Nicaragua v United States}, institution = {ICJ},
  date = {1986-06-27}}
@online{enisa, author = {{ENISA}}, title = {Threat Landscape}, date = 2016,
  url = {https://enisa.europa.eu/x?a=b&c=d}, urldate = {2017-03-04}}
"""

RIS = """TY  - JOUR
AU  - Duval, Anne
AU  - ENISA
TI  - La cybersécurité
  des États
JO  - Revue de droit
PY  - 2016/03/04/
SP  - 3
EP  - 9
ER  -

TY  - CASE
TI  - Corfu Channel
PB  - ICJ
PY  - 1949
ER  -
"""


def test_bibtex_becomes_items_with_letters_instead_of_commands():
    found = read(BIBTEX)

    article, case, page = found.items
    assert found.left == ""
    assert article == {
        "id": "schmitt2012",
        "type": "article-journal",
        "title": "Über the Law of 50% War",
        "author": [{"family": "Schmitt", "given": "Michael N."}, {"literal": "NATO CCDCOE"}],
        "container-title": "Journal of Conflict and Security Law",
        "volume": "17",
        "page": "245-270",
        "DOI": "10.1093/jcsl/krs019",
        "issued": {"date-parts": [[2012]]},
    }
    assert (case["type"], case["title"]) == ("legal_case", "Nicaragua v United States")
    assert (case["authority"], case["issued"]) == ("ICJ", {"date-parts": [[1986, 6, 27]]})
    assert page["URL"] == "https://enisa.europa.eu/x?a=b&c=d"
    assert page["accessed"] == {"date-parts": [[2017, 3, 4]]}


def test_ris_becomes_items_with_values_over_several_lines():
    found = read(RIS)

    article, case = found.items
    assert found.left == ""
    assert article["author"] == [{"family": "Duval", "given": "Anne"}, {"literal": "ENISA"}]
    assert article["title"] == "La cybersécurité des États"
    assert (article["page"], article["issued"]) == ("3–9", {"date-parts": [[2016, 3, 4]]})
    assert (case["type"], case["authority"]) == ("legal_case", "ICJ")


def test_csl_json_is_read_without_what_we_do_not_know():
    item = {"id": "a b", "type": "book", "title": "<i>T</i>", "onclick": "x", "custom": {"x": 1}}

    assert read(json.dumps([item])).items == [{"id": "ref-1", "type": "book", "title": "T"}]


def test_plain_lines_are_kept_word_for_word_without_their_markers():
    found = read("[1] Duval, *Le droit* <b>, 2016\n\n2. 王小明，《网络安全法》\n• الأحمد، الأمن")

    assert [item["title"] for item in found.items] == [
        "Duval, *Le droit* <b>, 2016",
        "王小明，《网络安全法》",
        "الأحمد، الأمن",
    ]
    assert all(is_unstructured(item) for item in found.items)


def test_a_bibtex_entry_that_cannot_be_read_is_left_and_the_others_are_taken():
    broken = "@book{bad, title = {Open\n  year = 2001\n"
    text = f"{BIBTEX}\nA stray line.\n{broken}@book{{last, title = {{Last}}, year = 2003}}\n"

    found = read(text)

    assert [item["id"] for item in found.items] == ["schmitt2012", "nicaragua", "enisa", "last"]
    assert found.left == f"A stray line.\n{broken.strip()}"
    assert found.lines == [1, 2]


def test_a_bibtex_entry_pandoc_refuses_does_not_take_the_others_with_it():
    refused = "@book{bad key here, title = {A} {B} = }"

    found = read(f"@book{{a, title={{A}}}}\n{refused}\n@book{{b, title={{B}}}}")

    assert [item["id"] for item in found.items] == ["a", "b"]
    assert found.left == refused


def test_ris_lines_outside_records_are_left_with_their_lines():
    found = read(f"{RIS}junk\nmore junk\n")

    assert (len(found.items), found.left, found.lines) == (2, "junk\nmore junk", [1, 2])


@pytest.mark.parametrize("text", ['[{"title": 1', "[" * 100_000, '{"a": [' * 50_000])
def test_broken_or_deep_json_is_taken_as_plain_words_or_left(text):
    found = read(text)

    assert len(found.items) + bool(found.left) == 1


def test_same_keys_are_told_apart_and_a_second_entry_of_a_key_is_left():
    found = read("@book{a, title={A}}\n@book{a, title={B}}", taken=["a"])

    assert [(item["id"], item["title"]) for item in found.items] == [("ref-2", "A")]
    assert found.left == "@book{a, title={B}}"


def test_more_than_an_essay_may_have_is_left():
    found = read("\n".join(f"Work {n}" for n in range(10_000)))

    assert (len(found.items), found.too_many) == (MOST, True)
    assert found.left.splitlines()[0] == f"Work {MOST}"


def test_ten_thousand_bibtex_entries_take_bounded_time():
    started = time.monotonic()
    found = read("\n".join(f"@book{{k{n}, title={{T}}}}" for n in range(10_000)))

    assert len(found.items) == MOST
    assert found.too_many
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "entry",
    [
        r"@book{x, title={\input{/etc/passwd}}}",
        r"@book{x, title={\include{/etc/passwd} \lstinputlisting{/etc/passwd}}}",
        "@book{x, title={" + "{" * 5_000 + "}" * 5_000 + "}}",
        "@book{x, title={" + r"\emph{" * 30 + "a" + "}" * 30 + "}}",
        r"@book{x, title={\def\a{\a\a}\a}}",
        '@string{s0="xxxxxxxxxxxxxxxxxxxx"}'
        + "".join(f"@string{{s{n + 1}=s{n} # s{n}}}" for n in range(40))
        + "@book{x, title=s40}",
    ],
)
def test_hostile_bibtex_reads_no_file_and_ends_in_time(entry):
    started = time.monotonic()
    found = read(f"@book{{good, title={{Good}}}}\n{entry}")

    assert time.monotonic() - started < reading.SECONDS + 5
    assert "root:" not in json.dumps(found.items)
    assert len(found.items) + len(found.lines) >= 1
    assert all(len(item["title"]) <= 2_000 for item in found.items)


def test_addresses_that_are_no_web_addresses_are_left_out():
    found = read('[{"type": "book", "title": "T", "URL": "javascript:alert(1)", "DOI": "x"}]')

    assert found.items == [{"id": "ref-1", "type": "book", "title": "T"}]


def test_a_paste_beyond_the_limit_is_left_as_it_is():
    text = "x" * (LONGEST_PASTE + 1)

    assert read(text).items == []
    assert read(text).left == text


def test_nothing_pasted_gives_nothing():
    assert (read(" \n").items, read(" \n").left) == ([], "")
