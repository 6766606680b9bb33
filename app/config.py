"""Settings, read from the environment (``JSI_…``); documented in ``docs/settings.md``."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TRUE: Final = frozenset({"1", "true", "yes", "on"})


class SettingsError(ValueError):
    """A setting is missing or contradictory; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, resolved. The field ``data_dir`` is ``JSI_DATA_DIR``, and so on."""

    data_dir: Path
    database_url: str
    secret_key: str
    queue_url: str
    storage_url: str
    limiter_url: str
    mail_url: str
    mail_from: str
    base_url: str
    fonts_dir: str
    demo: bool
    testing: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; what is not set gets the embedded default in ``data_dir``.

        Raises SettingsError where a value can't be used.
        """
        data_dir = Path(environment.get("JSI_DATA_DIR") or ROOT / "var").resolve()
        demo = environment.get("JSI_DEMO", "").lower() in _TRUE
        base_url = environment.get("JSI_BASE_URL", "").rstrip("/")
        if base_url and not base_url.startswith(("http://", "https://")):
            raise SettingsError("JSI_BASE_URL must start with http:// or https://")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environment, data_dir),
            secret_key=environment.get("JSI_SECRET_KEY") or _kept_secret(data_dir),
            queue_url=environment.get("JSI_QUEUE_URL") or f"sqlite:///{data_dir / 'queue.db'}",
            storage_url=environment.get("JSI_STORAGE_URL") or f"file://{data_dir / 'files'}",
            limiter_url=environment.get("JSI_LIMITER_URL") or "memory://",
            mail_url=environment.get("JSI_MAIL_URL", ""),
            mail_from=environment.get("JSI_MAIL_FROM") or "jesuisinternet@localhost",
            base_url=base_url,
            fonts_dir=environment.get("JSI_FONTS_DIR", ""),
            demo=demo,
        )

    @property
    def secure(self) -> bool:
        """Whether readers come by https, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    def flask(self) -> dict[str, Any]:
        """The same, as Flask and its extensions want it."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": self.secure,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SECURE": self.secure,
            "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
            "MAX_FORM_PARTS": 2_000,
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "en",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
            "RATELIMIT_STORAGE_URI": self.limiter_url,
            "RATELIMIT_ENABLED": not self.testing,
        }


def _database_url(environment: Mapping[str, str], data_dir: Path) -> str:
    url = environment.get("JSI_DATABASE_URL") or f"sqlite:///{data_dir / 'jesuisinternet.db'}"
    # The driver we ship is psycopg 3, which SQLAlchemy wants named.
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _kept_secret(data_dir: Path) -> str:
    """A random secret, made once and kept beside the data, readable by its owner only."""
    path = data_dir / "secret"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
