"""Signing in."""

from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.urls import reverse


class SignIn(LoginView):
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Wagtail sends whom it refuses here, and here would send them back: say no instead."""
        url = super().get_redirect_url()
        user = self.request.user
        refused = user.is_authenticated and not user.has_perm("wagtailadmin.access_admin")
        if refused and url.startswith(reverse("wagtailadmin_home")):
            raise PermissionDenied
        return url
