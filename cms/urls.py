from django.urls import path, re_path
from django.views.generic import RedirectView

from cms.views.feeds import news
from cms.views.pages import actions, results, stories
from cms.views.pictures import picture
from cms.views.public import public
from cms.views.searching import search
from recognition.urls import FEED

# Wagtail's own sign-in pages know neither the limits on guessing nor the second factor.
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("results/<date:day>/", results, name="results"),
    re_path(rf"^news/feed/{FEED}\.xml$", news, name="news-feed"),
    path("media/<path:path>", picture, name="picture"),
    path("public/", public, name="public"),
    path("search/", search, name="search"),
    path("stories/", stories, name="stories"),
    path("you-said-we-did/", actions, name="you-said-we-did"),
    path("cms/login/", to_sign_in, name="sign-in-of-cms"),
    path("_util/login/", to_sign_in, name="sign-in-of-pages"),
]
