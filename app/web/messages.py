"""What the rules' refusals say, in the reader's language: one entry for each error code."""

from datetime import datetime
from typing import Final

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError
from app.web.templating import moment

WORDS: Final[dict[str, LazyString]] = {
    # Texts (app/documents)
    "text.control_characters": _l("This contains characters that are not text."),
    "text.replacement_character": _l(
        "This contains characters that were damaged on the way (�). Please enter them again."
    ),
    "text.surrogate": _l("This contains broken characters. Please enter them again."),
    "text.bidi_override": _l(
        "This contains invisible characters that change the direction of the text. "
        "Please remove them."
    ),
    "text.line_break": _l("This has to be a single line."),
    "text.too_long": _l("This is longer than %(limit)s characters."),
    "text.too_deep": _l("Line %(line)s is nested too deeply to be read."),
    "footnote.undefined": _l("The footnote “%(label)s” is used but has no text."),
    "footnote.unused": _l("The footnote “%(label)s” has a text but is used nowhere."),
    "text.too_complex": _l(
        "This text has more formatting marks, table cells or figures than can be processed."
    ),
    "footnote.duplicate": _l("The footnote “%(label)s” has two texts."),
    "image.not_allowed": _l(
        "The image in line %(line)s can’t be shown. Only figures uploaded for an essay can, each "
        "alone in its paragraph."
    ),
    "figure.alternative_missing": _l(
        "The figure in line %(line)s has no alternative text. Please describe it for readers who "
        "can’t see it."
    ),
    "figure.unknown": _l("The figure in line %(line)s is not among the figures of this text."),
    "figure.none": _l("There is no such figure."),
    "figure.too_many": _l("An essay can have at most %(limit)s figures."),
    "figure.in_use": _l("The essay shows this figure; it can’t be removed."),
    "image.empty": _l("Please choose a file."),
    "image.too_large": _l("The file is larger than %(limit)s MB."),
    "image.unknown_kind": _l("Figures can be PNG, JPEG, WebP or SVG files; this is none of them."),
    "image.damaged": _l("This file is damaged or incomplete; it can’t be read to its end."),
    "image.too_many_pixels": _l("This image has more than %(limit)s million pixels."),
    "image.too_complex": _l("This image is too complex to be processed."),
    "image.svg_entities": _l(
        "This drawing defines entities, which can’t be accepted. Please save it as plain SVG."
    ),
    "image.svg_styles": _l(
        "This drawing has a style sheet that can’t be read. Please save it as plain SVG, with "
        "presentation attributes instead of styles."
    ),
    "image.svg_size": _l(
        "This drawing does not say how large it is. Please give it a width and a height."
    ),
    "link.scheme": _l(
        "Line %(line)s has a link that is not allowed; use https, http or mailto addresses."
    ),
    # Documents that are uploaded or imported (app/documents/importing)
    "upload.archive": _l("This is an archive. Please send the document itself."),
    "upload.bomb": _l("This file unpacks to far more than a document holds; it is not accepted."),
    "upload.damaged": _l("This file is damaged. Please save it again and send the new one."),
    "upload.empty": _l("This file is empty."),
    "upload.encrypted": _l("This document is protected by a password. Please save it without one."),
    "upload.entities": _l(
        "This document contains definitions that no word processor writes; it is not accepted."
    ),
    "upload.image": _l("This is an image. Please send a document, or add it as a figure."),
    "upload.macros": _l(
        "This document contains macros. Please save it as DOCX or ODT without macros."
    ),
    "upload.no_text": _l("No text was found in this document."),
    "upload.none": _l("This document is no longer there. Please upload it again."),
    "upload.none_chosen": _l("Please choose a document."),
    "upload.not_text": _l(
        "This is neither a document nor a text that can be read. Please send DOCX, ODT, Markdown, "
        "HTML or plain text."
    ),
    "upload.old_word": _l(
        "This is a document of an old version of Word (DOC). Please save it as DOCX."
    ),
    "upload.other_office": _l(
        "This is an office file, but not a text document in a format that can be read. Please save "
        "it as DOCX or ODT."
    ),
    "upload.paths": _l("This file contains forbidden names; it is not accepted."),
    "upload.pdf": _l(
        "This is a PDF, from which text can’t be taken faithfully. Please send the document it was "
        "made from, as DOCX or ODT."
    ),
    "upload.program": _l("This is a program, not a document; it is not accepted."),
    "upload.rtf": _l("This is an RTF document. Please save it as DOCX or ODT."),
    "upload.too_complex": _l(
        "This document is too large or too complex to be read. Please simplify it, or send it in "
        "parts."
    ),
    "upload.too_large": _l("A document may have at most %(limit)s MB."),
    "upload.too_long": _l("The text of this document is longer than %(limit)s characters."),
    # Contributions
    "contribution.unknown": _l("There is no such contribution."),
    "contribution.moved_on": _l("This contribution is no longer in the state you saw it in."),
    "contribution.own": _l(
        "You are an author of this essay, so another organiser has to do this. If there is none, "
        "an administrator can give somebody that role under “People”."
    ),
    "contribution.in_conflict": _l(
        "You have a conflict of interest with this essay, so somebody else has to do this: another "
        "organiser, or an administrator, who can also give somebody that role under “People”."
    ),
    "correction.other_since": _l(
        "Another correction has been published since you opened the essay. Please compare it with "
        "yours, which would replace it."
    ),
    "draft.changed_elsewhere": _l("This draft has been saved elsewhere since you opened it."),
    "save.unknown": _l("There is no such earlier version."),
    "account.other": _l("This browser is now signed in to another account."),
    "call.closed": _l(
        "The call for contributions is closed. Your draft is kept and can be submitted when it "
        "opens again."
    ),
    "drafts.too_many": _l(
        "You have %(limit)s drafts that were never submitted. Please delete one you no longer need."
    ),
    "deadline.past": _l("This moment has passed. Please choose a later one."),
    "deadline.not_later": _l(
        "The call itself is open until %(closes)s. Please choose a later moment."
    ),
    "deadline.form": _l("Please enter a date and a time."),
    "language.unknown": _l("Please choose one of the ten languages."),
    "licence.unknown": _l("Please choose one of the licences."),
    "licence.not_offered": _l("This track does not offer that licence."),
    "authors.too_many": _l("At most %(limit)s authors can be named."),
    "authors.affiliation_missing": _l("Please name the affiliation of each author."),
    "authors.unconfirmed": _l("These co-authors have not confirmed yet: %(names)s."),
    "author.unknown": _l("The essay has no such author; the names may have been changed."),
    "invitation.unknown": _l("There is no such invitation; it may have been answered already."),
    "invitation.over": _l("This invitation has been answered or has expired."),
    "invitation.answered": _l("This co-author has already confirmed."),
    "invitation.own": _l("This is your own address."),
    "invitation.taken": _l("Another co-author of this essay has been invited with this address."),
    "invitation.too_often": _l("This co-author has been written to %(limit)s times already."),
    "invitation.too_many": _l("At most %(limit)s invitations can be sent in a day."),
    "authors.several_corresponding": _l("Please name one corresponding author only."),
    "authors.contact_of_other": _l("Only the corresponding author’s address is shown to readers."),
    "orcid.form": _l(
        "This is not an ORCID iD. It has sixteen digits, for example 0000-0002-1825-0097."
    ),
    "keywords.too_many": _l("At most %(limit)s keywords can be given."),
    "question.other_track": _l("This question is asked of the other track."),
    "consent.publication_needed": _l(
        "An essay can be submitted only with consent to its publication."
    ),
    "language.other": _l(
        "Most of the text seems to be in another language (%(language)s). Please check the "
        "language of the essay."
    ),
    "link.malformed": _l("The link in line %(line)s can’t lead anywhere: %(link)s"),
    "essay.similar": _l(
        "About %(percent)s%% of this text stands in your essay %(number)s too (“%(title)s”)."
    ),
    "advised.abstract": _l("Essays with an abstract are found and read more often."),
    "advised.keywords": _l("Essays with keywords are found more often."),
    "references.too_many": _l("An essay can have at most %(limit)s references."),
    "references.unread": _l("What begins in line %(line)s could not be read as a reference."),
    # Translators: left is a number of lines.
    "references.some_unread": _l(
        "Nothing has been changed. Lines that could not be read as references: %(left)s."
    ),
    "references.changed": _l(
        "The references have been changed meanwhile. Please look at them, then submit again."
    ),
    "references.unusable": _l("A reference needs a title or a name, and no field may be too long."),
    "reference.unknown": _l("There is no such reference; it may have been removed."),
    "responds_to.unknown": _l("There is no published contribution with the number %(number)s."),
    "body.too_short.words": _l(
        "Words in the essay: %(length)s; this track asks for at least %(limit)s."
    ),
    "body.too_long.words": _l(
        "Words in the essay: %(length)s; this track takes at most %(limit)s."
    ),
    "body.too_short.characters": _l(
        "Characters in the essay: %(length)s; this track asks for at least %(limit)s."
    ),
    "body.too_long.characters": _l(
        "Characters in the essay: %(length)s; this track takes at most %(limit)s."
    ),
    # Accounts
    "email.form": _l("This does not look like an e-mail address."),
    "email.taken": _l("There is already an account with this address."),
    "password.length": _l("A password has between %(shortest)s and %(longest)s characters."),
    "password.wrong": _l("This is not your password."),
    "account.unknown": _l("There is no such account."),
    "account.reserved_role": _l(
        "Only administrators appoint and dismiss organisers and administrators."
    ),
    "account.last_administrator": _l("This is the last administrator; name another one first."),
    "account.no_languages": _l("Please choose at least one language this moderator reads."),
    "account.no_tracks": _l("Please choose at least one track this moderator serves."),
    "account.no_pairs": _l("Please choose at least one pair of languages."),
    "country.unknown": _l("Please choose one of the countries."),
    "track.unknown": _l("Please choose one of the tracks."),
    "pair.unknown": _l("A pair of languages looks like fr:ar, with two of the ten languages."),
    # Editions, tracks, themes, questions, pages
    "slug.pattern": _l(
        "Please use only lower-case letters a to z, digits and hyphens, 60 at most."
    ),
    "slug.taken": _l("This short name is already used."),
    "slug.in_use": _l("Contributions refer to this short name; it can no longer be changed."),
    "prefix.pattern": _l("Please use only upper-case letters A to Z and digits, twelve at most."),
    "prefix.taken": _l("Another edition already uses this prefix."),
    "prefix.in_use": _l("Contributions have numbers that begin like this; it can’t be changed."),
    "title.missing": _l("Please give these texts a title."),
    "texts.changed": _l(
        "These texts have been changed since you opened the page. They now stand beside yours. "
        "Save again to replace them by yours."
    ),
    "title.last": _l("A title is needed in at least one language."),
    "time_zone.unknown": _l("Please choose one of the time zones."),
    "window.order": _l("The call has to close after it opens."),
    "length.order": _l("The upper limit can’t be lower than the lower one."),
    "length.limit": _l("The upper limit has to be between 1 and %(limit)s."),
    "required_checks.unknown": _l("Please choose one of the checks."),
    "required_fields.unknown": _l("This track does not have one of these fields."),
    "licences.unknown": _l("Please choose one of the licences."),
    "licences.none": _l("Please choose at least one licence."),
    "theme.code_taken": _l("Another theme of this edition already has this short name."),
    "theme.in_use": _l("Contributions refer to this theme."),
    "theme.has_questions": _l("This theme still has questions; please delete or move them first."),
    "question.in_use": _l("Contributions answer this question."),
    "tracks.none": _l("Please choose at least one track."),
    "tracks.unknown": _l("Please choose one of the tracks."),
    # Mail (app/notifications)
    "mail.not_found": _l("This e-mail does not exist, or it has been sent."),
    # Proceedings
    "edition.unknown": _l("There is no such edition."),
    "theme.unknown": _l("There is no such theme."),
    "volume.unknown": _l("There is no such volume."),
    "volume.empty": _l("This volume has no essays yet. Add some first."),
    "section.unknown": _l("There is no such section; it may have been removed."),
    "section.not_empty": _l("This section still has essays. Move or remove them first."),
    "entry.unknown": _l("This essay is not in the volume; it may have been removed."),
    "contribution.not_accepted": _l("Only accepted essays of the volume’s edition can be added."),
    "format.unknown": _l("Please choose one of the formats."),
    "build.missing_glyph": _l(
        "The essay %(essay)s has the character “%(character)s” (%(codepoint)s %(name)s), which "
        "no font of the books can draw. Correct the essay, or ask the administrator for a font."
    ),
    "build.missing_glyph.frame": _l(
        "The volume’s own texts have the character “%(character)s” (%(codepoint)s %(name)s), "
        "which no font of the books can draw. Correct the title, the foreword or a section’s title."
    ),
    # Translators: element is a technical name, for example Table.
    "build.unsupported": _l(
        "The essay %(essay)s has something that can’t be printed (%(element)s)."
    ),
    "build.unsupported.frame": _l(
        "The foreword has something that can’t be printed (%(element)s)."
    ),
    "build.figure_missing": _l(
        "A figure of the essay %(essay)s is not in storage any more: %(name)s"
    ),
    "build.typst_failed": _l("The essay %(essay)s could not be typeset: %(message)s"),
    "build.typst_failed.frame": _l("The volume could not be typeset: %(message)s"),
    "build.pandoc_failed": _l("The book could not be put together (%(message)s)."),
    "build.out_of_time": _l("The book was not ready after %(seconds)s seconds and was given up."),
    "build.out_of_memory": _l("The book needs more memory than the %(megabytes)s MB it may use."),
    "build.font_missing": _l("The font %(name)s of the package %(package)s is missing."),
    "build.crashed": _l(
        "The build failed several times. The administrator can find the cause in the server’s log."
    ),
    # Moderation
    # Translators: term is what was typed, for example “colour:red”.
    "search.unknown_key": _l("“%(term)s” is not something that can be searched for."),
    "search.unknown_value": _l(
        "“%(term)s” cannot be searched for in this way. Please choose below."
    ),
    # Translators: holder is a moderator’s name, until a time of day.
    "claim.held_by_other": _l("%(holder)s has this in hand until %(until)s."),
    "claim.ran_out": _l("You no longer have this in hand. Please take it in hand again first."),
    "claim.not_for_them": _l(
        "This can’t be given to that person: it takes another moderator of its language and "
        "track, without a conflict of interest."
    ),
    "appeal_days.limit": _l("This must be between 0 and %(limit)s days."),
    "percent.limit": _l("This must be between 0 and 100 per cent."),
    "decision.newer_revision": _l(
        "The author has since submitted revision %(number)s. Please read it before you decide."
    ),
    "decision.reasons_needed": _l("Please give at least one reason."),
    "reason.unknown": _l("There is no such reason."),
    "reason.code_taken": _l("There is already a reason with this short name in this track."),
    "reason.last_words": _l("Wording is needed in at least one language."),
    "rule.unknown": _l("The charter has no such rule. Please choose one of those offered."),
    "reason.implied": _l("A decision gives this reason by itself, so it is always offered."),
    "template.none_chosen": _l("Please choose one."),
    "template.placeholder": _l(
        "“%(found)s” is not a placeholder. There are these: %(known)s. "
        "Braces stand for nothing else."
    ),
    "verdicts.unknown": _l("Please choose among those offered."),
    "decision.reason_not_offered": _l(
        "One of the reasons is not offered for this decision in this track."
    ),
    "decision.duplicate_needed": _l("Please enter the number of the contribution it repeats."),
    "decision.duplicate_unknown": _l("There is no other contribution with this number."),
    "decision.own_proposal": _l(
        "You proposed this rejection yourself; the second opinion has to be somebody else’s."
    ),
    "decision.not_kept": _l("This decision has been announced or taken back meanwhile."),
    "decision.superseded": _l("Another decision was made after this one."),
    "decision.answered": _l(
        "The author has acted on this decision since; it can’t be undone any more."
    ),
    "decision.published": _l("The essay has been published. Organisers can take it down instead."),
    "decision.words_needed": _l("Please write a message to the author."),
    "decision.points_without_changes": _l(
        "Points to be changed belong to a request for changes only."
    ),
    "decision.too_many_points": _l("At most %(limit)s points can be made."),
    "appeal.unknown": _l("There is no such appeal."),
    "appeal.filed": _l("You have already appealed."),
    "appeal.too_late": _l("An appeal is not possible, or no longer possible."),
    "appeal.answered": _l("This appeal has been answered, or needs no answer any more."),
    "second_look.unknown": _l("There is no such decision to look at."),
    "second_look.needless": _l(
        "Somebody has looked at this decision, or it needs no second look now."
    ),
    "message.is_note": _l("Please write a message to the author."),
    "message.nobody": _l("The author has deleted their account; nobody would read this."),
    "message.not_asked": _l("You can answer as soon as the moderators have written to you."),
    "conflict.unknown": _l("No such conflict of interest has been declared."),
    "case.unknown": _l("There is no such case."),
    "case.closed": _l("This case has been closed already."),
    "claim.nobodys": _l("Nobody had it in hand."),
    "bulk.unknown": _l(
        "There is no such bulk action. One that is not confirmed expires after a day and is "
        "removed a week later."
    ),
    "bulk.too_old": _l(
        "This list was made more than a day ago. Please look at what the search finds now."
    ),
    "bulk.proposed": _l(
        "A rejection has been proposed, and wants a second opinion on this very essay."
    ),
    "bulk.nothing": _l("The search finds nothing that this could be done to."),
    "bulk.too_many": _l("At most %(limit)s contributions at a time. Please narrow the search."),
    "bulk.reason_not_offered": _l(
        "One of the reasons is not offered for this decision in any track of what was found."
    ),
    "bulk.undecided": _l("There is no decision on it that could be undone."),
    "bulk.failed": _l("Something went wrong, and this one was left as it was."),
    # Everything
    "required": _l("Please fill in this field."),
    "forbidden": _l("Your account does not allow this."),
    "conflict": _l("This has changed since you opened it. Please review it again."),
}


def words(error: DomainError) -> str:
    """The sentence of that error; a general one where none is known."""
    known = WORDS.get(error.code)
    if known is None:
        return str(_("This is not possible at the moment."))
    data = {
        name: moment(value) if isinstance(value, datetime) else value
        for name, value in error.data.items()
    }
    try:
        sentence = str(known)
        return sentence % data if data or "%(" in sentence else sentence
    except (KeyError, TypeError, ValueError):
        # An error that was kept by an earlier release may lack what its words speak of today.
        current_app.logger.warning("no words for %s with %s", error.code, sorted(data))
        return str(_("This is not possible at the moment."))
