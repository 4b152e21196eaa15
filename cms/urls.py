from django.urls import path
from django.views.generic import RedirectView

from cms.views.pages import actions, results, stories

# Wagtail's own sign-in pages know neither the limits on guessing nor the second factor.
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("results/<date:day>/", results, name="results"),
    path("stories/", stories, name="stories"),
    path("you-said-we-did/", actions, name="you-said-we-did"),
    path("cms/login/", to_sign_in, name="sign-in-of-cms"),
    path("_util/login/", to_sign_in, name="sign-in-of-pages"),
]
