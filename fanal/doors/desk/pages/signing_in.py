"""The page of signing in: allauth's, which answers too many attempts for what they are."""

from allauth.account.views import LoginView
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse


class Login(LoginView):
    """Sign in."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The form again, 429 when the name was tried too often: a machine that tries must know it."""
        answer: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts"):
            answer.status_code = 429
        return answer


login = Login.as_view()
