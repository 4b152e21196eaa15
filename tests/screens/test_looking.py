"""A keeper looks at what stands on a screen without going there."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from people.models import Role
from screens.models import Contact, Current, Emergency, Snapshot
from screens.services.looking import framed_css
from screens.services.manifest import build
from tests.scene import missed_monday, pool, wednesday  # noqa: F401
from tests.screens.conftest import give_role, slides_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def keeper(client, ann):
    give_role(ann, Role.EDITOR)
    client.force_login(ann)
    return client


def test_each_slide_is_the_one_that_the_device_is_given(
    hall, secret, keeper, missed_monday, device
):
    slides = slides_of(device)
    assert len(slides) == 2
    for number, slide in enumerate(slides, start=1):
        page = keeper.get(f"/screens/{hall.pk}/look/?slide={number}").content.decode()
        assert slide["html"] in page
        assert f"{number} of 2" in page


@pytest.fixture
def device(secret):
    from django.test import Client

    client = Client()
    client.cookies["screen"] = secret
    return client


def test_looking_keeps_nothing(hall, secret, keeper):
    keeper.get(f"/screens/{hall.pk}/look/")
    assert not Snapshot.objects.exists()
    assert not Current.objects.exists()


def test_one_language_can_be_looked_at_alone(hall, keeper):
    hall.languages = "en,zh-hans"
    hall.save()
    Emergency.objects.create(title="Fire", live=True)
    assert "1 of 2" in keeper.get(f"/screens/{hall.pk}/look/").content.decode()
    page = keeper.get(f"/screens/{hall.pk}/look/?in=zh-hans").content.decode()
    assert "1 of 1" in page
    assert 'lang="zh-hans"' in page


@pytest.mark.parametrize("slide", ["0", "-1", "99", "x", "٣", "9" * 40, ""])
def test_a_slide_that_is_not_there_is_the_first(hall, keeper, slide):
    page = keeper.get(f"/screens/{hall.pk}/look/", {"slide": slide})
    assert (page.status_code, page.context["number"]) == (200, 1)


def test_the_frame_has_the_shape_that_the_device_has_said(hall, keeper):
    assert keeper.get(f"/screens/{hall.pk}/look/").context["look"].width == 1920
    Contact.objects.create(screen=hall, seen_at=NOW, width=1366, height=768)
    look = keeper.get(f"/screens/{hall.pk}/look/").context["look"]
    assert (look.width, look.height) == (1366, 768)


def test_the_style_is_the_shells_measured_by_the_frame():
    css = framed_css(build())
    assert not re.search(r"[\d.](vh|vw|vmin|vmax)\b", css)
    assert "--least: 2.6cqh" in css
    assert "@container glass (orientation: portrait)" in css
    assert not re.search(r"(?m)^body", css)


def test_who_does_not_keep_screens_looks_at_none(client, hall, dee):
    client.force_login(dee)
    assert client.get(f"/screens/{hall.pk}/").status_code == 200
    assert client.get(f"/screens/{hall.pk}/look/").status_code == 403
