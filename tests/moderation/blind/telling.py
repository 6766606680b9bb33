"""Who wrote it, in all the words that would tell."""

from app.contributions.byline import Author

NAMES = ("Zénobie", "Zenobie", "Quisaitout", "Palmyre", "z.q@palmyre.example", "0000-0002-1825")
TELLING = (*NAMES, "Née au désert", "Gazette du Sable", "archiviste en chef", "Syria")
WRITER = Author(
    "Zénobie Quisaitout",
    "Zenobie Quisaitout",
    "Quisaitout, Zénobie",
    "Université de Palmyre",
    "SY",
    orcid="0000-0002-1825-0097",
    biography="Née au désert.",
    corresponding=True,
    contact="z.q@palmyre.example",
    key="owner",
)
SECOND = Author("Quisaitout le Jeune", affiliation="Palmyre", key="guest")
FIELDS = {
    "authors": (WRITER, SECOND),
    "previously_published": "Gazette du Sable, 2016",
    "extra": {"field_of_law": "space law", "role": "archiviste en chef"},
}


def told(text: str) -> list[str]:
    return [each for each in TELLING if each in text]
