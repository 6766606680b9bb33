"""An edition with both tracks, three themes and a question under each."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.policy import TrackCode
from app.editions.models import Edition, Question, Theme, Track

THEMES = {
    "prevention": {"en": "Prevention", "fr": "Prévention", "ar": "الوقاية"},
    "response": {"en": "Response", "fr": "Réponse", "ar": "الاستجابة"},
    "governance": {"en": "Governance", "fr": "Gouvernance", "ar": "الحوكمة"},
}
ASKED = {
    "prevention": {
        "en": "How can conflict in cyberspace be prevented?",
        "fr": "Comment prévenir les conflits dans le cyberespace ?",
        "ar": "كيف يمكن الوقاية من النزاعات في الفضاء السيبراني؟",
    },
    "response": {
        "en": "How may one respond to an attack?",
        "fr": "Comment peut-on répondre à une attaque ?",
        "ar": "كيف يمكن الرد على هجوم؟",
    },
    "governance": {
        "en": "Who should govern cyberspace?",
        "fr": "Qui doit gouverner le cyberespace ?",
        "ar": "من ينبغي أن يحكم الفضاء السيبراني؟",
    },
}
TRACKS = {
    TrackCode.JURIST: {"en": "Jurists", "fr": "Juristes", "ar": "القانونيون"},
    TrackCode.DIGITAL_ACTOR: {
        "en": "Digital actors",
        "fr": "Acteurs du numérique",
        "ar": "الفاعلون الرقميون",
    },
}
LICENCES = ["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-ND-4.0", "permission"]


def make_edition(
    session: Session,
    slug: str = "standing",
    *,
    prefix: str | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    is_open: bool = True,
    release_later: bool = False,
) -> Edition:
    """An edition, open unless asked otherwise, flushed; a body may be one word long.

    Its themes are ``prevention``, ``response``, ``governance``; its questions have the slugs
    ``<edition>-<theme>`` and are asked of both tracks. All its texts are in en, fr and ar.
    """
    edition = Edition(
        slug=slug,
        prefix=prefix or ("S" if slug == "standing" else slug.upper()),
        title={"en": f"Edition {slug}", "fr": f"Édition {slug}", "ar": f"دورة {slug}"},
        description={
            "en": "Peace in cyberspace.",
            "fr": "La paix dans le cyberespace.",
            "ar": "السلام في الفضاء السيبراني.",
        },
        opens_at=opens_at,
        closes_at=closes_at,
        is_open=is_open,
        release_later=release_later,
        tracks=[_track(code, position) for position, code in enumerate(TrackCode)],
        themes=[_theme(slug, code, position) for position, code in enumerate(THEMES)],
    )
    session.add(edition)
    session.flush()
    return edition


def _track(code: TrackCode, position: int) -> Track:
    return Track(
        code=code.value,
        title=TRACKS[code],
        audience={"en": "For you.", "fr": "Pour vous.", "ar": "لكم."},
        guidance={"en": "Write clearly.", "fr": "Écrivez clairement.", "ar": "اكتبوا بوضوح."},
        guidance_html={
            "en": "<p>Write clearly.</p>",
            "fr": "<p>Écrivez clairement.</p>",
            "ar": "<p>اكتبوا بوضوح.</p>",
        },
        min_length=1,
        max_length=5_000,
        min_characters=1,
        max_characters=10_000,
        required_fields=["abstract"],
        licences=list(LICENCES),
        position=position,
    )


def _theme(edition: str, code: str, position: int) -> Theme:
    return Theme(
        code=code,
        title=THEMES[code],
        context={"en": f"On {code}.", "fr": f"Sur {code}.", "ar": f"عن {code}."},
        position=position,
        questions=[
            Question(
                slug=f"{edition}-{code}",
                title=ASKED[code],
                context={"en": "What is known.", "fr": "Ce que l’on sait.", "ar": "ما هو معروف."},
                tracks=[track.value for track in TrackCode],
                position=0,
            )
        ],
    )
