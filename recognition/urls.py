"""Addresses of recognition."""

from django.urls import path, re_path

from recognition.views import circle, feeds, nominations, wall

FEED = r"(?P<secret>[A-Za-z0-9_-]{20,100})"

urlpatterns = [
    path("wall/", wall.wall, name="wall"),
    re_path(rf"^wall/feed/{FEED}\.xml$", feeds.feed, name="wall-feed"),
    re_path(rf"^wall/feed/{FEED}\.json$", feeds.feed, name="wall-feed-json"),
    path("account/feeds/", feeds.index, name="feeds"),
    path("account/feeds/make/", feeds.make, name="feeds-make"),
    path("account/feeds/revoke/", feeds.revoke, name="feeds-revoke"),
    path("nominations/<int:pk>/", wall.nomination, name="nomination"),
    path("nominations/<int:pk>/cheer/", wall.cheer, name="cheer"),
    path("nominations/<int:pk>/reply/", wall.reply, name="reply"),
    path("nominations/<int:pk>/report/", wall.report, name="report-nomination"),
    path(
        "nominations/<int:pk>/replies/<int:reply_pk>/withdraw/",
        wall.withdraw_reply,
        name="withdraw-reply",
    ),
    path(
        "nominations/<int:pk>/replies/<int:reply_pk>/report/",
        wall.report_reply,
        name="report-reply",
    ),
    path("nominations/new/", nominations.new, name="nominate"),
    path("nominations/colleagues/", nominations.colleagues, name="colleagues-to-nominate"),
    path("nominations/mine/", nominations.mine, name="my-nominations"),
    path("nominations/qr/", nominations.qr, name="nominate-qr"),
    path("nominations/<int:pk>/withdraw/", nominations.take_back, name="withdraw-nomination"),
    path("circle/", circle.index, name="circle"),
    path("circle/departments/<str:code>/", circle.department, name="circle-department"),
    path("circle/unrecognised/", circle.unrecognised, name="circle-unrecognised"),
    path("circle/givers/", circle.giving, name="circle-giving"),
    path("circle/givers/people/", circle.givers, name="circle-givers"),
    path("circle/reminders/<str:number>/put-off/", circle.put_off, name="put-off-reminder"),
]
