"""Forms of people: Flask-Security's, with our fields and words, and those of our own pages."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_security import (
    ChangeEmailForm,
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    VerifyForm,
    hash_password,
)
from flask_security.forms import EmailValidation, unique_user_email, valid_user_email
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)

from app.accounts import passwords
from app.accounts.models import Account, Digest
from app.accounts.operations import ALL_PAIRS, LONGEST_LINE, normal_email
from app.accounts.policy import can_appoint
from app.core.errors import Invalid
from app.core.policy import Actor, Role, TrackCode
from app.web.countries import choices as countries
from app.web.forms import (
    Form,
    MaxLength,
    SettingsForm,
    language_options,
    options,
    plain_line,
    required,
)
from app.web.language import current
from app.web.messages import words
from app.web.tracks import TRACKS

ROLE_LABELS: Final = {
    Role.CONTRIBUTOR: _l("Contributor"),
    Role.MODERATOR: _l("Moderator"),
    Role.TRANSLATOR: _l("Translator"),
    Role.ORGANISER: _l("Organiser"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
DIGESTS: Final = {
    Digest.NEVER: _l("Never"),
    Digest.DAILY: _l("Every day"),
    Digest.WEEKLY: _l("Every Monday"),
}
PROFILE_FIELDS: Final = ("name", "latin_name", "affiliation", "country", "ui_language")


def _address(*rules: Any) -> EmailField:
    return EmailField(
        _l("E-mail address"),
        render_kw={"autocomplete": "email", "dir": "ltr"},
        validators=[required(), MaxLength(254), EmailValidation(verify=True), *rules],
    )


def _password(label: Any, kind: str) -> PasswordField:
    return PasswordField(
        label,
        render_kw={"autocomplete": kind, "dir": "ltr"},
        validators=[required(), MaxLength(passwords.LONGEST)],
    )


class SignInForm(Form, LoginForm):
    """Sign in; whether it was the address or the password that is wrong is not said."""

    email = _address()
    password = _password(_l("Password"), "current-password")
    remember = BooleanField(_l("Keep me signed in on this device"))

    def validate_next(self, field: Field) -> None:
        """An address of another site is dropped when it comes to going there."""

    def validate(self, **kwargs: Any) -> bool:
        if super().validate(**kwargs):
            return True
        if self.user_authenticated:
            # The password was right, so the person may know what else keeps them out.
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        return False


class RegisterForm(Form, RegisterFormV2):
    """Sign up."""

    name = StringField(
        _l("Name"),
        render_kw={"autocomplete": "name", "dir": "auto"},
        validators=[required(), MaxLength(LONGEST_LINE), plain_line],
    )
    email = _address(unique_user_email)
    password = _password(_l("Password"), "new-password")


class _Asks(Form):
    """A form that answers alike whether or not there is such an account.

    Flask-Security then takes the field's errors away; what is wrong with the form of the address
    itself may be said, above the form.
    """

    def validate(self, **kwargs: Any) -> bool:
        valid = bool(super().validate(**kwargs))
        try:
            normal_email(self.email.data or "")
        except Invalid as error:
            self.form_errors.append(words(error))
        return valid


class ForgottenForm(_Asks, ForgotPasswordForm):
    """Ask for a link to set a new password."""

    email = _address(valid_user_email)

    def validate(self, **kwargs: Any) -> bool:
        valid = super().validate(**kwargs)
        if valid:
            # Flask-Security hashes where there is no such account; the time taken must not tell.
            hash_password("not-a-password")
        return valid


class ResendForm(_Asks, SendConfirmationForm):
    """Ask for another mail to confirm the address."""

    email = _address(valid_user_email)


class NewPasswordForm(Form, ResetPasswordForm):
    """Set a new password by the link in a mail."""

    password = _password(_l("New password"), "new-password")
    password_confirm = None  # type: ignore[assignment]


class OtherPasswordForm(Form, ChangePasswordForm):
    """Change the password when signed in."""

    password = _password(_l("Current password"), "current-password")
    new_password = _password(_l("New password"), "new-password")
    new_password_confirm = None  # type: ignore[assignment]


class OtherAddressForm(Form, ChangeEmailForm):
    """Change the e-mail address."""

    email = _address(unique_user_email)


class AgainForm(Form, VerifyForm):
    """Enter the password again before something that matters."""

    password = _password(_l("Password"), "current-password")

    def validate_next(self, field: Field) -> None:
        """As at sign-in."""


class ProfileForm(Form):
    """What a person says about themselves."""

    name = StringField(
        _l("Name, as you write it"),
        render_kw={"autocomplete": "name", "dir": "auto"},
        validators=[required(), MaxLength(LONGEST_LINE), plain_line],
    )
    latin_name = StringField(
        _l("Name in Latin letters"),
        render_kw={"dir": "ltr"},
        validators=[MaxLength(LONGEST_LINE), plain_line],
    )
    affiliation = StringField(
        _l("Affiliation"),
        render_kw={"autocomplete": "organization", "dir": "auto"},
        validators=[MaxLength(LONGEST_LINE), plain_line],
    )
    country = SelectField(_l("Country"), render_kw={"autocomplete": "country"})
    ui_language = SelectField(
        _l("Language of pages and e-mails"),
        choices=language_options(),
        validators=[required()],
    )
    wants_reminders = BooleanField(_l("Remind me of unfinished drafts before a call closes"))
    digest = SelectField(
        _l("E-mail on what waits at the moderation desk"),
        choices=options((each.value, label) for each, label in DIGESTS.items()),
        validators=[required()],
    )

    def __init__(self, *args: Any, has_desk: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_desk:
            del self.digest
        self.country.choices = options([("", _l("Not stated")), *countries(current().code)])


class _Boxes(SelectMultipleField):
    """Several boxes under one legend."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class RolesForm(SettingsForm):
    """What a person does here. Everybody is a contributor, which is therefore not a box."""

    roles = _Boxes(_l("Roles"))
    reads = _Boxes(
        _l("Languages read, as a moderator"),
        choices=language_options(),
    )
    serves = _Boxes(
        _l("Tracks served, as a moderator"),
        choices=options((track.value, TRACKS[track]) for track in TrackCode),
    )
    translates = _Boxes(
        _l("Pairs of languages, as a translator"),
        choices=options((pair, pair) for pair in ALL_PAIRS),
    )

    def __init__(self, account: Account, appointer: Actor) -> None:
        held = account.actor.roles
        offered = {role for role in Role if can_appoint(appointer, role)} - {Role.CONTRIBUTOR}
        super().__init__(
            data={
                "roles": [role.value for role in held & offered],
                "reads": account.reads,
                "serves": account.serves,
                "translates": account.translates,
            }
        )
        self.roles.choices = options(
            (role.value, ROLE_LABELS[role]) for role in Role if role in offered
        )
        self.kept = held - offered - {Role.CONTRIBUTOR}

    @property
    def wanted(self) -> frozenset[Role]:
        """The roles ticked, and those held that the appointer was not offered."""
        return self.kept | {Role(code) for code in self.roles.data or ()}
