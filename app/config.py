"""Settings, read from the environment (``JSI_…``); documented in ``docs/settings.md``."""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from click import ClickException

ROOT: Final = Path(__file__).resolve().parent.parent
SHORTEST_SECRET: Final = 32
MOST_PROXIES: Final = 9
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
#: By setting, how its addresses may begin (``postgresql+psycopg://`` counts as ``postgresql``).
_SCHEMES: Final = {
    "JSI_BASE_URL": ("http", "https"),
    "JSI_DATABASE_URL": ("sqlite", "postgresql", "postgres"),
    "JSI_QUEUE_URL": ("sqlite", "postgresql", "postgres", "redis", "rediss", "unix", "memory"),
    "JSI_STORAGE_URL": ("file", "s3"),
    "JSI_LIMITER_URL": ("memory", "redis", "rediss"),
}


class SettingsError(ClickException, ValueError):
    """A setting is missing or contradictory; the message says which and what to do.

    A command ends with that message, on one line, and 1.
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, resolved. The field ``data_dir`` is ``JSI_DATA_DIR``, and so on.

    What may hold a password is not shown where an error or a log shows the settings.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    queue_url: str = field(repr=False)
    storage_url: str = field(repr=False)
    limiter_url: str = field(repr=False)
    mail_url: str = field(repr=False)
    mail_from: str
    base_url: str
    fonts_dir: str
    demo: bool
    trusted_proxies: int = 0
    overdue_days: int = 7
    testing: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; what is not set gets the embedded default in ``data_dir``.

        Raises SettingsError where a value can't be used.
        """
        for name in _SCHEMES:
            _check_scheme(name, environment.get(name, ""))
        data_dir = Path(environment.get("JSI_DATA_DIR") or ROOT / "var").resolve()
        # For its owner only: it holds addresses, passwords' hashes and what is not yet published.
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        demo = environment.get("JSI_DEMO", "").lower() in _TRUE
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environment, data_dir),
            secret_key=_secret(environment) or _kept_secret(data_dir),
            queue_url=environment.get("JSI_QUEUE_URL") or f"sqlite:///{data_dir / 'queue.db'}",
            storage_url=environment.get("JSI_STORAGE_URL") or f"file://{data_dir / 'files'}",
            limiter_url=environment.get("JSI_LIMITER_URL") or "memory://",
            mail_url=environment.get("JSI_MAIL_URL", ""),
            mail_from=environment.get("JSI_MAIL_FROM") or "jesuisinternet@localhost",
            base_url=environment.get("JSI_BASE_URL", "").rstrip("/"),
            fonts_dir=environment.get("JSI_FONTS_DIR", ""),
            demo=demo,
            trusted_proxies=_proxies(environment.get("JSI_TRUSTED_PROXIES", "")),
            overdue_days=_days(environment.get("JSI_OVERDUE_DAYS", "")),
        )

    @property
    def secure(self) -> bool:
        """Whether readers come by https, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where the site is, for links that are made where nobody asks for a page."""
        return self.base_url or f"http://127.0.0.1:{os.environ.get('PORT') or 5000}"

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


def _check_scheme(name: str, address: str) -> None:
    """Raises SettingsError, without the address: it may hold a password."""
    scheme, separator, _ = address.partition("://")
    if address and not (separator and scheme.partition("+")[0] in _SCHEMES[name]):
        *others, last = (f"{each}://" for each in _SCHEMES[name])
        raise SettingsError(f"{name} must start with {', '.join(others)} or {last}")


def _database_url(environment: Mapping[str, str], data_dir: Path) -> str:
    url = environment.get("JSI_DATABASE_URL") or f"sqlite:///{data_dir / 'jesuisinternet.db'}"
    # The driver we ship is psycopg 3, which SQLAlchemy wants named.
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _secret(environment: Mapping[str, str]) -> str:
    """The secret that is set, "" for none. Raises SettingsError where it could be guessed."""
    secret = environment.get("JSI_SECRET_KEY", "")
    if 0 < len(secret.encode()) < SHORTEST_SECRET:
        raise SettingsError(
            f"JSI_SECRET_KEY is too short: it needs at least {SHORTEST_SECRET} bytes, for example "
            "from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return secret


def _days(given: str) -> int:
    if not given:
        return 7
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 1_000):
        raise SettingsError("JSI_OVERDUE_DAYS must be a number of days from 1 to 999")
    return int(given)


def _proxies(given: str) -> int:
    if not given:
        return 0
    if not (given.isascii() and given.isdigit() and int(given) <= MOST_PROXIES):
        raise SettingsError(
            f"JSI_TRUSTED_PROXIES must be the number of proxies in front, 0 to {MOST_PROXIES}"
        )
    return int(given)


def _kept_secret(data_dir: Path) -> str:
    """A random secret, made once and kept beside the data, readable by its owner only.

    Raises SettingsError where what is kept there is none.
    """
    path = data_dir / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def _read_secret(path: Path) -> str:
    # Another process may have made the file this very moment and not have written into it yet.
    for _ in range(20):
        secret = path.read_text("ascii").strip()
        if len(secret) >= SHORTEST_SECRET:
            return secret
        time.sleep(0.05)
    raise SettingsError(f"{path} does not hold a secret; remove it and a new one is made")
