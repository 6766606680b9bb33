"""How an essay is cited: the names, and the records that search engines and libraries read.

Sources: Google Scholar's inclusion guidelines for the ``citation_*`` names (Highwire Press tags);
schema.org ``ScholarlyArticle``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.contributions import orcid
from app.contributions.byline import Author
from app.core.languages import Language
from app.library.queries import Essay

_OWN_SCRIPTS: Final = frozenset({"ar", "zh", "ko", "ru"})


def cited_names(authors: Sequence[Author], *, text: Language, page: Language) -> list[str]:
    """The authors' names for readers of ``page``: as written, in Latin letters for the others.

    A reader of a language in Latin script, given a name in another one, gets its Latin form.
    """
    foreign = text.code in _OWN_SCRIPTS and page.code not in _OWN_SCRIPTS
    return [author.latin if foreign and author.latin else author.name for author in authors]


def highwire(essay: Essay, address: str) -> Iterator[tuple[str, str]]:
    """Name and content of each ``citation_*`` tag of the page at that absolute address."""
    yield "citation_title", essay.title
    for author in essay.authors:
        yield "citation_author", author.name
        if author.affiliation:
            yield "citation_author_institution", author.affiliation
        if author.orcid:
            yield "citation_author_orcid", orcid.ADDRESS + author.orcid
        if author.contact:
            yield "citation_author_email", author.contact
    yield "citation_publication_date", f"{essay.published_at:%Y/%m/%d}"
    yield "citation_conference_title", essay.edition.title.text
    yield "citation_publisher", "jesuisinternet"
    yield "citation_technical_report_number", essay.number
    yield "citation_language", essay.language.tag
    if essay.keywords:
        yield "citation_keywords", "; ".join(essay.keywords)
    yield "citation_fulltext_html_url", address


def linked_data(essay: Essay, address: str, licences: Mapping[str, str]) -> dict[str, Any]:
    """The essay as a schema.org article; ``licences`` gives the address of a licence's code."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "@id": address,
        "url": address,
        "identifier": essay.number,
        "headline": essay.title,
        "inLanguage": essay.language.tag,
        "datePublished": essay.published_at.isoformat(),
        "dateModified": max(essay.published_at, essay.revised_at).isoformat(),
        "version": str(essay.revision),
        "abstract": essay.teaser,
        "author": [_person(author) for author in essay.authors],
        "isPartOf": {"@type": "PublicationIssue", "name": essay.edition.title.text},
        "publisher": {"@type": "Organization", "name": "jesuisinternet"},
    }
    if essay.keywords:
        data["keywords"] = list(essay.keywords)
    if essay.licence in licences:
        data["license"] = licences[essay.licence]
    return data


def _person(author: Author) -> dict[str, Any]:
    person: dict[str, Any] = {"@type": "Person", "name": author.name}
    if author.orcid:
        person["@id"] = orcid.ADDRESS + author.orcid
        person["identifier"] = person["@id"]
    if author.biography:
        person["description"] = author.biography
    if author.latin and author.latin != author.name:
        person["alternateName"] = author.latin
    if author.affiliation:
        person["affiliation"] = {"@type": "Organization", "name": author.affiliation}
    return person
