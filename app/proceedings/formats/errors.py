"""What can go wrong while a book is made."""

from app.core.errors import DomainError


class BuildError(DomainError):
    """A book could not be made.

    Codes and their data: ``build.empty``; ``build.missing_glyph`` (essay, character, codepoint,
    name); ``build.unsupported`` (essay, element); ``build.figure_missing``
    (essay, name); ``build.typst_failed`` (essay or "", message);
    ``build.pandoc_failed`` (message and pandoc's own); ``build.font_missing`` (package, name);
    ``build.out_of_time`` (seconds); ``build.out_of_memory`` (megabytes).
    """
