"""What editors and administrators may do with playlists in Wagtail. For emergencies these are
given with their approval (cms.services.approving)."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections

from cms.rights import ROLES
from screens.models import Playlist

ON_PLAYLISTS = ("add_playlist", "change_playlist", "publish_playlist", "delete_playlist")


def give_rights(*, using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """After every migration; again changes nothing."""
    tables = connections[DEFAULT_DB_ALIAS].introspection.table_names()
    if using != DEFAULT_DB_ALIAS or Playlist._meta.db_table not in tables:
        return
    create_permissions(apps.get_app_config("screens"), verbosity=0, using=using)
    # Wagtail makes this one when the editors' pages are first opened; they need it before.
    Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(Playlist), codename="publish_playlist",
        defaults={"name": "Can publish playlist"},
    )  # fmt: skip
    given = Permission.objects.filter(content_type__app_label="screens", codename__in=ON_PLAYLISTS)
    for role in ROLES:
        Group.objects.get_or_create(name=role)[0].permissions.add(*given)
