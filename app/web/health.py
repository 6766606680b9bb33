"""Whether the process lives (``/healthz``) and whether what it stands on answers (``/readyz``)."""

from collections.abc import Callable

from flask import Blueprint, current_app
from sqlalchemy import text

from app.core import storage
from app.web.database import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, str], int]:
    """Database, queue and storage answer; 503 with the names of those that don't."""
    checks: dict[str, Callable[[], object]] = {
        "database": lambda: db.execute(text("SELECT 1")),
        "queue": current_app.extensions["jsi_queue"].pending_count,
        "storage": lambda: storage.answers(current_app.extensions["jsi_store"]),
    }
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
            found[name] = "ok"
        except Exception:
            current_app.logger.exception("readyz: %s does not answer", name)
            found[name] = "failed"
    return found, 200 if set(found.values()) == {"ok"} else 503
