"""The application. This module is the only one that knows all rooms."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import commands, jobs, models
from app.accounts import commands as accounts_commands
from app.accounts import leaving, reminders, security
from app.accounts import personal as accounts_personal
from app.accounts import views as accounts
from app.config import ROOT, Settings
from app.contributions import commands as contributions_commands
from app.contributions import personal as contributions_personal
from app.contributions import tally as contribution_figures
from app.contributions import views as contributions
from app.contributions.figures import jobs as figure_jobs
from app.contributions.following import jobs as reminder_jobs
from app.contributions.following.jobs import REMIND_JOB
from app.contributions.invitations import jobs as invitation_jobs
from app.contributions.saving import autosave
from app.contributions.uploads import jobs as upload_jobs
from app.contributions.uploads.operations import READ_JOB, SWEEP_JOB
from app.core import storage
from app.core.db import make_engine, make_sessions
from app.core.outbox import SEND_JOB
from app.demonstration import commands as demonstration
from app.editions import personal as editions_personal
from app.editions import theme_views as themes
from app.editions import views as organise
from app.library import jobs as frame_jobs
from app.library import pages_views as pages
from app.library import views as library
from app.moderation import commands as moderation_commands
from app.moderation import personal as moderation_personal
from app.moderation import views as moderation
from app.moderation.bulk import jobs as bulk_jobs
from app.moderation.bulk.operations import BULK_JOB, FORGET_JOB
from app.moderation.decisions import jobs as decision_jobs
from app.moderation.decisions.releasing import RELEASE_JOB
from app.moderation.digests import jobs as digest_jobs
from app.moderation.signs import jobs as sign_jobs
from app.moderation.signs.operations import INSPECT_JOB
from app.moderation.transparency import jobs as transparency_jobs
from app.notifications import jobs as mail_jobs
from app.notifications import personal as notifications_personal
from app.notifications import views as notifications
from app.proceedings import commands as proceedings_commands
from app.proceedings import jobs as proceedings_jobs
from app.proceedings import personal as proceedings_personal
from app.proceedings import views as proceedings
from app.proceedings.operations import BUILD_JOB
from app.web import (
    database,
    desk,
    errors,
    headers,
    health,
    language,
    limits,
    navigation,
    packed,
    parking,
    sessions,
    templating,
    uploads,
)

__all__ = ["create_app", "models"]


#: Who answers for personal data: those first whose part needs what the others erase.
KEEPERS = (
    proceedings_personal.KEEPER,
    moderation_personal.KEEPER,
    contributions_personal.KEEPER,
    notifications_personal.KEEPER,
    editions_personal.KEEPER,
    accounts_personal.KEEPER,
)


class Application(packed.PackedStatic):
    """Flask with lighter templates, whose every function is an ordinary one."""

    jinja_environment = templating.Environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing is asynchronous here, so it is not looked up sixteen times a request."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together from its settings (by default those of the environment)."""
    settings = settings or Settings.from_environment()
    app = Application(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.from_mapping(settings.flask())
    app.config["JSI"] = settings
    if settings.trusted_proxies:
        # Of what proxies say, only who came and whether by https: the host in links is a setting.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=settings.trusted_proxies,
            x_proto=settings.trusted_proxies,
            x_host=0,
        )
    engine = make_engine(settings.database_url)
    database.init_app(app, engine, make_sessions(engine))
    app.extensions["jsi_store"] = storage.make_store(settings.storage_url)
    jobs.init_app(app, settings.queue_url)
    for part in (language, limits, sessions, errors, headers, templating, navigation):
        part.init_app(app)
    security.init_app(app)
    uploads.init_app(app)
    # Before the forgery check: an expired session fails it, and the text must survive.
    parking.init_app(app)
    CSRFProtect(app)
    app.register_blueprint(health.blueprint)
    _add_rooms(app)
    commands.init_app(app)
    return app


def _add_rooms(app: Flask) -> None:
    """The rooms' pages, jobs and commands."""
    app.register_blueprint(proceedings.blueprint)
    app.cli.add_command(proceedings_commands.group)
    jobs.JOBS[BUILD_JOB] = proceedings_jobs.JOB
    app.register_blueprint(library.blueprint)
    jobs.JOBS[frame_jobs.FRAME_JOB] = frame_jobs.JOB
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(organise.blueprint)
    app.register_blueprint(themes.blueprint)
    desk.add_figures(app, contribution_figures.figures)
    app.register_blueprint(contributions.blueprint)
    app.register_blueprint(autosave.blueprint)
    app.cli.add_command(contributions_commands.group)
    jobs.JOBS[REMIND_JOB] = reminder_jobs.JOB
    jobs.JOBS[RELEASE_JOB] = decision_jobs.JOB
    jobs.JOBS[figure_jobs.SWEEP_JOB] = figure_jobs.JOB
    jobs.JOBS[invitation_jobs.EXPIRE_JOB] = invitation_jobs.JOB
    jobs.JOBS[READ_JOB] = upload_jobs.READ
    jobs.JOBS[SWEEP_JOB] = upload_jobs.SWEEP
    app.cli.add_command(demonstration.demo)
    app.register_blueprint(moderation.blueprint)
    moderation_commands.register(app)
    jobs.JOBS[transparency_jobs.COUNT_JOB] = transparency_jobs.JOB
    jobs.JOBS[INSPECT_JOB] = sign_jobs.JOB
    jobs.JOBS[BULK_JOB] = bulk_jobs.JOB
    jobs.JOBS[FORGET_JOB] = bulk_jobs.FORGET
    jobs.JOBS[digest_jobs.DIGEST_JOB] = digest_jobs.JOB
    app.register_blueprint(accounts.blueprint)
    leaving.init_app(app, KEEPERS)
    app.register_blueprint(reminders.blueprint)
    app.cli.add_command(accounts_commands.users)
    app.register_blueprint(notifications.blueprint)
    jobs.JOBS[SEND_JOB] = mail_jobs.JOB
    jobs.JOBS[mail_jobs.FORGET_JOB] = mail_jobs.FORGET
