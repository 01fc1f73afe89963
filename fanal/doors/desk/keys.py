"""Means of signing in, in the words of the house: the forms and the sentences that allauth would say otherwise."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthPasswordForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("Nom d’utilisateur"),
    "password": _("Mot de passe"),
    "oldpassword": _("Mot de passe d’aujourd’hui"),
    "password1": _("Nouveau mot de passe"),
    "password2": _("Le même, encore une fois"),
    "code": _("Code"),
    "name": _("Nom de la clé"),
    "passwordless": _("Elle remplace le mot de passe"),
}


class Worded(forms.Form):
    """A form in the words of the house: labels above the fields, nothing in them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.error_messages["required"] = _("Il manque.")


class LoginForm(Worded, AllauthLoginForm):
    """The sign-in form, the hand on the first field."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["login"].widget.attrs["autofocus"] = True


class PasswordForm(Worded, AllauthPasswordForm):
    """The password once more."""


class ChangePasswordForm(Worded, AllauthChangePasswordForm):
    """A new password."""


class CodeForm(Worded, codes.AuthenticateForm):
    """The code, after the password."""


class CodeAgainForm(Worded, codes.ReauthenticateForm):
    """A code once more."""


class ActivateTOTPForm(Worded, totp.ActivateTOTPForm):
    """The first code of an application."""


class AddKeyForm(Worded, keys.AddWebAuthnForm):
    """A key, which replaces the password unless one says otherwise."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = ""


class RenameKeyForm(Worded, keys.EditWebAuthnForm):
    """Another name for a key."""


class AccountAdapter(DefaultAccountAdapter):
    """Nobody registers themselves: an administrator does."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": _("Ce n’est pas le mot de passe d’aujourd’hui."),
        "incorrect_password": _("Ce n’est pas le mot de passe."),
        "too_many_login_attempts": _("Trop d’essais : attendre quelques minutes."),
        "username_password_mismatch": _("Le nom d’utilisateur ou le mot de passe n’est pas le bon."),
        "rate_limited": _("Trop d’essais : attendre quelques minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class KeyAdapter(DefaultMFAAdapter):
    """What is said of codes and keys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code n’est pas le bon : l’application en montre un nouveau toutes les 30 secondes."),
        "cannot_delete_authenticator": _("Ce moyen d’entrer ne peut pas être retiré."),
    }
