"""``tools/catalogs.py``: what it extracts, merges, refuses and compiles."""

import gettext
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog

from app.config import ROOT
from app.core.languages import CODES, LANGUAGES

PYTHON = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
A = _("Peace")
B = _l("Later %(name)s", name="x")
C = ngettext("%(num)s essay in %(place)s", "%(num)s essays in %(place)s", 3, place="x")
"""
PAGE = """{{ _("On a page") }}
{% trans trimmed who="x" %}
  Two lines
  for {{ who }}
{% endtrans %}"""
MAIL = '{{ pgettext("mail", "Good day") }}'


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogs", ROOT / "tools" / "catalogs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose texts are extracted but not translated."""
    (tmp_path / "app").mkdir()
    (tmp_path / "templates" / "mails").mkdir(parents=True)
    (tmp_path / "app" / "a.py").write_text(PYTHON)
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "templates" / "mails" / "a.txt").write_text(MAIL)
    (tmp_path / "babel.cfg").write_text((ROOT / "babel.cfg").read_text())
    assert tool.main(["update"], tmp_path) == 0
    return tmp_path


def path(project: Path, code: str, domain: str = "messages") -> Path:
    return project / "translations" / code / "LC_MESSAGES" / f"{domain}.po"


def translate(project: Path) -> None:
    """Every text into every language, by writing the language's code before it."""
    for code in CODES:
        catalog = tool._read(path(project, code), code)
        for message in tool._entries(catalog):
            if isinstance(message.id, str):
                message.string = f"{code}: {message.id}"
            else:
                message.string = tuple(
                    f"{code}: {message.id[1]}" for _ in range(catalog.num_plurals)
                )
        tool._write(path(project, code), catalog)


def change(project: Path, old: str, new: str, code: str = "fr") -> None:
    text = path(project, code).read_text()
    assert old in text
    path(project, code).write_text(text.replace(old, new))


def test_the_ten_are_the_application_s() -> None:
    assert set(tool.CODES) == set(CODES)


def test_update_extracts_from_code_pages_and_mails(project: Path) -> None:
    template = (project / "translations" / "messages.pot").read_text()
    for text in ("Peace", "Later %(name)s", "On a page", "Two lines for %(who)s", "Good day"):
        assert f'msgid "{text}"' in template
    assert 'msgid_plural "%(num)s essays in %(place)s"' in template
    assert 'msgctxt "mail"' in template
    assert "a.py" not in template
    assert "Date" not in template


def test_update_fills_english_and_leaves_the_others_empty(project: Path) -> None:
    assert 'msgid "Peace"\nmsgstr "Peace"' in path(project, "en").read_text()
    for code in set(CODES) - {"en"}:
        assert 'msgid "Peace"\nmsgstr ""' in path(project, code).read_text()


@pytest.mark.parametrize(
    ("code", "count"),
    [("ar", 6), ("ru", 3), ("zh", 1), ("ko", 1), ("de", 2), ("fr", 2), ("pt", 2)],
)
def test_update_gives_each_language_its_plural_forms(project: Path, code: str, count: int) -> None:
    text = path(project, code).read_text()
    assert f"nplurals={count};" in text
    assert text.count("msgstr[") == count


def test_update_again_changes_nothing(project: Path) -> None:
    translate(project)
    before = {each: each.read_bytes() for each in project.rglob("*.po*")}
    tool.main(["update"], project)
    changed = {each for each in before if each.read_bytes() != before[each]}
    assert changed == {path(project, "en")}, "only English goes back to the source text"


def test_update_keeps_translations_and_drops_what_is_gone(project: Path) -> None:
    translate(project)
    (project / "app" / "a.py").write_text(PYTHON.replace('"Peace"', '"Peace at last"'))
    tool.main(["update"], project)
    text = path(project, "fr").read_text()
    assert 'msgid "Peace at last"\nmsgstr ""' in text
    assert "fr: Later %(name)s" in text
    assert "fr: Peace" not in text
    assert "fuzzy" not in text


def test_check_of_complete_catalogs_finds_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(project)
    assert tool.main(["check"], project) == 0
    assert capsys.readouterr().out == "catalogs: 0 faults, 0 warnings in 10 languages\n"


def test_check_of_missing_texts_fails_or_warns(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(project)
    change(project, 'msgstr "fr: Peace"', 'msgstr ""')
    change(project, 'msgstr[2] "ru: %(num)s essays in %(place)s"', 'msgstr[2] ""', "ru")
    assert tool.main(["check"], project) == 1
    found = capsys.readouterr()
    assert "fr: not translated: Peace" in found.err
    assert "ru: not translated: %(num)s essay" in found.err
    assert tool.main(["check", "--warn"], project) == 0
    assert "fr 1, ru 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"fr: Later %(name)s"', '"fr: Later %(nom)s"', "placeholders differ name nom"),
        ('"fr: Later %(name)s"', '"fr: Later"', "placeholders differ name"),
        ('[1] "fr: %(num)s essays in %(place)s"', '[1] "fr: essays"', "placeholders differ place"),
        ('msgid "Peace"', '#, fuzzy\nmsgid "Peace"', "fuzzy: Peace"),
        ('msgid ""\n', '#, fuzzy\nmsgid ""\n', "the header is marked fuzzy"),
        ("nplurals=2; plural=(n > 1)", "nplurals=2; plural=(n != 1)", "plural forms"),
        ('msgid "Peace"', 'msgid "War"\nmsgstr "x"\n\nmsgid "Peace"', "no longer used: War"),
        ('msgid "Peace"', '#~ msgid "War"\n#~ msgstr "x"\n\nmsgid "Peace"', "obsolete: War"),
        ('"fr: Peace"', '"fr: la « paix\N{NO-BREAK SPACE}»"', "a line could end at a mark"),
        ('"fr: Peace"', '"fr: Paix !"', "a line could end at a mark"),
    ],
)
def test_check_fails_on_what_a_reader_would_notice(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, fault: str
) -> None:
    translate(project)
    change(project, old, new)
    assert tool.main(["check", "--warn"], project) == 1
    (line, *_rest) = capsys.readouterr().err.splitlines()
    assert line.startswith("fr: ")
    assert fault in line


def test_check_lets_a_plural_form_say_the_number_in_words(project: Path) -> None:
    translate(project)
    change(project, '[1] "ar: %(num)s essays in', '[1] "ar: one essay in', "ar")
    assert tool.main(["check"], project) == 0


def test_check_fails_where_the_template_is_behind_the_code(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(project)
    (project / "templates" / "new.html").write_text('{{ _("New") }}')
    assert tool.main(["check", "--warn"], project) == 1
    assert "messages.pot is not what the code says" in capsys.readouterr().err


def test_check_looks_at_other_domains_too(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(project)
    catalog = Catalog(locale="ko")
    catalog.add("Sign in", "")
    tool._write(path(project, "ko", "flask_security"), catalog)
    assert tool.main(["check"], project) == 1
    assert "ko/flask_security: not translated: Sign in" in capsys.readouterr().err


def test_check_fails_on_a_broken_template(project: Path) -> None:
    (project / "templates" / "page.html").write_text("{% trans %}never closed")
    with pytest.raises(Exception, match="trans"):
        tool.main(["check"], project)


@pytest.mark.parametrize("code", CODES)
def test_compile_makes_what_the_application_reads(project: Path, code: str) -> None:
    translate(project)
    tool.main(["compile"], project)
    folder = str(project / "translations")
    found = gettext.translation("messages", folder, [LANGUAGES[code].locale])
    assert found.gettext("Peace") == f"{code}: Peace"
    assert found.ngettext("%(num)s essay in %(place)s", "x", 5).startswith(f"{code}: ")


def test_compile_makes_only_what_is_older_and_drops_what_is_gone(project: Path) -> None:
    catalogs = tool.Catalogs(project)
    assert catalogs.compile() == 10
    assert catalogs.compile() == 0
    path(project, "fr").unlink()
    catalogs.compile()
    assert not path(project, "fr").with_suffix(".mo").exists()
