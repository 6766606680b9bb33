"""The words for licences, checks and fields, in the reader's language."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.editions.choices import AskedField, Check, Licence

LICENCES: Final[dict[str, LazyString]] = {
    Licence.CC_BY: _l("CC BY 4.0: free use with credit"),
    Licence.CC_BY_SA: _l("CC BY-SA 4.0: free use with credit, under the same licence"),
    Licence.CC_BY_NC_ND: _l("CC BY-NC-ND 4.0: with credit, not commercially, unchanged"),
    Licence.PERMISSION: _l("Only with the authors’ permission"),
}

CHECKS: Final[dict[Check, LazyString]] = {
    Check.LANGUAGE: _l("The text is in the language its authors named"),
    Check.LINKS: _l("Its links are well-formed"),
    Check.CO_AUTHORS: _l("All co-authors have confirmed"),
    Check.SIMILAR: _l("It does not largely repeat an earlier essay of the same account"),
}

FIELDS: Final[dict[AskedField, LazyString]] = {
    AskedField.ABSTRACT: _l("Abstract"),
    AskedField.SUMMARY: _l("Summary for general readers"),
    AskedField.KEYWORDS: _l("Keywords"),
    AskedField.QUESTION: _l("Question it answers"),
    AskedField.AFFILIATION: _l("Affiliation"),
    AskedField.FIELD_OF_LAW: _l("Field of law"),
    AskedField.JURISDICTION: _l("Legal system or jurisdiction"),
    AskedField.SECTOR: _l("Sector"),
    AskedField.ROLE: _l("Role in the sector"),
}
