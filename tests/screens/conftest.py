"""A screen in the hall, known to the house, and a device bound to it."""

import pytest
from django.utils import timezone

from people.models import RoleAssignment, User
from people.rules import BEGINNING
from people.services.roles import follow_roles
from screens.models import Playlist, Screen
from screens.services import health, standing
from screens.services.access import bind


@pytest.fixture(autouse=True)
def _no_server_remembers(monkeypatch):
    """Each look asks the database whether something has changed, and writes what screens say."""
    monkeypatch.setattr(standing, "LOOKED_AT_EVERY", 0)
    monkeypatch.setattr(health, "WRITTEN_EVERY", 0)


@pytest.fixture
def playlist(db):
    """Yesterday's board and the pool."""
    return put_live("Own", "board", "pool")


@pytest.fixture
def hall(site, root, playlist):
    return Screen.objects.create(
        name="Hall", place="Ground floor", site=site, languages="en", playlist=playlist,
        made_by=root,
    )  # fmt: skip


@pytest.fixture
def secret(hall):
    return bind(hall, now=timezone.now())


@pytest.fixture
def on_screen(client, secret):
    """The device's own browser."""
    client.cookies["screen"] = secret
    return client


def put_live(name: str, *kinds: str, **fields) -> Playlist:
    """A playlist with a slide of each of these kinds, as an editor who publishes it makes it."""
    slides = [{"type": kind, "value": {"seconds": 15}} for kind in kinds]
    playlist = Playlist(name=name, slides=slides, **fields)
    playlist.save()
    playlist.save_revision().publish()
    return Playlist.objects.get(pk=playlist.pk)


def slides_of(client) -> list[dict]:
    """What the device has on its glass after one poll."""
    manifest = client.get("/screen/manifest.json").json()
    return client.get(f"/screen/snapshot/{manifest['snapshot']}.json").json()["slides"]


def give_role(user: User, role: str) -> None:
    RoleAssignment.objects.create(
        user=user, role=role, from_date=BEGINNING, made_by=User.objects.system()
    )
    follow_roles(user)
