"""What Flask-Security says, in our words: see ``docs/decisions/002-flask-security-texts.md``.

Its keys, our sentences, in our own catalog. A key that isn't here belongs to a part of
Flask-Security that is switched off (``SWITCHED_OFF``); a test sorts each key into one of the two.
"""

from typing import Final


def N_(text: str) -> str:
    """Mark a text for the catalogs; it is translated where it is shown."""
    return text


MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "ALREADY_CONFIRMED": (N_("This e-mail address has already been confirmed."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are already signed in."), "info"),
    "API_ERROR": (N_("This link is not valid, or has already been used."), "error"),
    "CHANGE_EMAIL_CONFIRMED": (N_("Your e-mail address has been changed."), "success"),
    "CHANGE_EMAIL_EXPIRED": (
        # Translators: within is a length of time, for example “5 days”.
        N_("This link was valid for %(within)s and has expired. Please start again."),
        "error",
    ),
    "CHANGE_EMAIL_SENT": (
        N_("An e-mail to %(email)s is on its way. Open the link in it to confirm the new address."),
        "success",
    ),
    "CONFIRMATION_EXPIRED": (
        # Translators: within is a length of time, for example “5 days”.
        N_("This link was valid for %(within)s and has expired. Please ask for a new one."),
        "error",
    ),
    "CONFIRMATION_REQUEST": (
        N_(
            "If an account with the address %(email)s waits to be confirmed, "
            "an e-mail with a new link is on its way."
        ),
        "info",
    ),
    "CONFIRMATION_REQUIRED": (
        N_("Please confirm your e-mail address first: open the link in the e-mail we sent you."),
        "error",
    ),
    "CONFIRM_REGISTRATION": (
        N_("Thank you. An e-mail to %(email)s is on its way: open the link in it to continue."),
        "success",
    ),
    "DISABLED_ACCOUNT": (N_("This account has been closed."), "error"),
    "EMAIL_ALREADY_ASSOCIATED": (N_("There is already an account with this address."), "error"),
    "EMAIL_CONFIRMED": (
        N_("Thank you, your e-mail address is confirmed. You can sign in now."),
        "success",
    ),
    "EMAIL_NOT_PROVIDED": (N_("Please fill in this field."), "error"),
    "FORGOT_PASSWORD": (N_("Forgotten your password?"), "info"),
    "GENERIC_AUTHN_FAILED": (N_("The e-mail address or the password is not right."), "error"),
    "INVALID_CONFIRMATION_TOKEN": (
        N_("This link is not valid. Please ask for a new one."),
        "error",
    ),
    "INVALID_EMAIL_ADDRESS": (N_("This does not look like an e-mail address."), "error"),
    "INVALID_PASSWORD": (N_("This is not your password."), "error"),
    "INVALID_REDIRECT": (N_("This link leads to another site and was not followed."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link is not valid. Please ask for a new one."),
        "error",
    ),
    "PASSWORD_CHANGE": (N_("Your password has been changed."), "success"),
    "PASSWORD_INVALID_LENGTH": (
        N_("A password has at least %(length)s characters."),
        "error",
    ),
    "PASSWORD_IS_THE_SAME": (N_("The new password must differ from the old one."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Please fill in this field."), "error"),
    "PASSWORD_RESET_EXPIRED": (
        # Translators: within is a length of time, for example “5 days”.
        N_("This link was valid for %(within)s and has expired. Please ask for a new one."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (
        N_("Your password has been changed. You can sign in with it now."),
        "success",
    ),
    "PASSWORD_RESET_REQUEST": (
        N_(
            "If there is an account with the address %(email)s, "
            "an e-mail with a link to set a new password is on its way."
        ),
        "info",
    ),
    "REAUTHENTICATION_REQUIRED": (
        N_("You signed in a while ago. Please enter your password again to continue."),
        "info",
    ),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can continue now."), "success"),
    "UNAUTHENTICATED": (N_("Please sign in to see this page."), "info"),
    "UNAUTHORIZED": (N_("Your account does not allow this."), "error"),
    "USER_DOES_NOT_EXIST": (N_("There is no account with this address."), "error"),
}

SWITCHED_OFF: Final = frozenset(
    {
        # Second factors, codes, passkeys, unified and passwordless sign-in, other sites' sign-in
        "CODE_HAS_BEEN_SENT",
        "FAILED_TO_SEND_CODE",
        "GENERIC_US_SIGNIN",
        "IDENTITY_NOT_REGISTERED",
        "INVALID_CODE",
        "INVALID_LOGIN_TOKEN",
        "INVALID_PASSWORD_CODE",
        "INVALID_RECOVERY_CODE",
        "LOGIN_EMAIL_SENT",
        "LOGIN_EXPIRED",
        "NO_RECOVERY_CODES_SETUP",
        "OAUTH_HANDSHAKE_ERROR",
        "PASSWORDLESS_LOGIN_SUCCESSFUL",
        "PHONE_INVALID",
        "REFRESH_TOKEN_INVALID",
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL",
        "TWO_FACTOR_DISABLED",
        "TWO_FACTOR_INVALID_TOKEN",
        "TWO_FACTOR_LOGIN_SUCCESSFUL",
        "TWO_FACTOR_METHOD_NOT_AVAILABLE",
        "TWO_FACTOR_PERMISSION_DENIED",
        "TWO_FACTOR_SETUP_EXPIRED",
        "USE_CODE",
        "US_CURRENT_METHODS",
        "US_METHOD_NOT_AVAILABLE",
        "US_SETUP_EXPIRED",
        "US_SETUP_SUCCESSFUL",
        "US_SPECIFY_IDENTITY",
        "WEBAUTHN_CREDENTIAL_DELETED",
        "WEBAUTHN_CREDENTIAL_ID_INUSE",
        "WEBAUTHN_CREDENTIAL_WRONG_USAGE",
        "WEBAUTHN_EXPIRED",
        "WEBAUTHN_MISMATCH_USER_HANDLE",
        "WEBAUTHN_NAME_DISALLOWED_CHARACTERS",
        "WEBAUTHN_NAME_INUSE",
        "WEBAUTHN_NAME_NOT_FOUND",
        "WEBAUTHN_NAME_REQUIRED",
        "WEBAUTHN_NO_VERIFY",
        "WEBAUTHN_ORPHAN_CREDENTIAL_ID",
        "WEBAUTHN_REGISTER_SUCCESSFUL",
        "WEBAUTHN_UNKNOWN_CREDENTIAL_ID",
        # User names
        "USERNAME_ALREADY_ASSOCIATED",
        "USERNAME_CHANGE",
        "USERNAME_DISALLOWED_CHARACTERS",
        "USERNAME_INVALID_LENGTH",
        "USERNAME_NOT_PROVIDED",
        "USERNAME_RECOVERY_REQUEST",
        # Passwords typed twice, checks of complexity and of lists of stolen passwords
        "PASSWORD_BREACHED",
        "PASSWORD_BREACHED_SITE_ERROR",
        "PASSWORD_MISMATCH",
        "PASSWORD_RESET",
        "PASSWORD_TOO_SIMPLE",
        "RETYPE_PASSWORD_MISMATCH",
        # Used nowhere in the views there are
        "GENERIC_RECOVERY",
        "IDENTITY_ALREADY_ASSOCIATED",
        "INVALID_INPUT",
        "INVALID_INPUT_LENGTH",
        "LOGIN",
        "REFRESH",
    }
)
