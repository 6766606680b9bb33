"""The moderators' desk: what waits, one essay of it, and what can be done with it."""

from typing import Final

from flask import Blueprint

from app.moderation.appeals.views import register as register_appeals
from app.moderation.bulk.views import register as register_bulk
from app.moderation.claims.giving import register as register_giving
from app.moderation.claims.views import register as register_claims
from app.moderation.conflicts.views import register as register_conflicts
from app.moderation.decisions.views import register as register_decisions
from app.moderation.item.views import register as register_item
from app.moderation.message_templates.views import register as register_templates
from app.moderation.queue.views import register as register_queue
from app.moderation.reasons.labels import reason_words
from app.moderation.reasons.views import register as register_reasons
from app.moderation.record.views import register as register_record
from app.moderation.reports.views import register as register_reports
from app.moderation.sampling.views import register as register_sampling
from app.moderation.signs.views import register as register_signs
from app.moderation.talk.views import register as register_talk
from app.moderation.transparency.views import register as register_transparency

blueprint: Final = Blueprint("moderation", __name__)
blueprint.add_app_template_filter(reason_words)
register_queue(blueprint)
register_claims(blueprint)
register_giving(blueprint)
register_item(blueprint)
register_decisions(blueprint)
register_appeals(blueprint)
register_reports(blueprint)
register_sampling(blueprint)
register_conflicts(blueprint)
register_signs(blueprint)
register_record(blueprint)
register_talk(blueprint)
register_transparency(blueprint)
register_bulk(blueprint)
register_reasons(blueprint)
register_templates(blueprint)
