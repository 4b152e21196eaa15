"""Who reads the wall from outside the browser, and what the wall was last brought up to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.models import ShownTo


class FeedToken(models.Model):
    """The secret part of the address of somebody's feed. Only its digest is kept, so that who
    reads the database can't use it; one is open at a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feed_tokens")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None),
                name="a_person_has_one_open_feed",
            )
        ]


class FollowedDefault(models.Model):
    """Which audience the names of those who have said nothing had when the wall last followed the
    policy; the newest row holds."""

    names = models.PositiveSmallIntegerField(choices=ShownTo)
    followed_at = models.DateTimeField()
