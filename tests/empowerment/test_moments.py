"""HR keeps the list of moments of truth; what is wrong is refused and nothing changes."""

import pytest
from django.utils import timezone

from empowerment.models import MomentOfTruth
from empowerment.services.moments import MOMENTS
from people.models import AuditEntry
from people.services.named import NamedRefused
from tests.conftest import TUESDAY_NOON
from tests.recognition.test_award_views import text

pytestmark = pytest.mark.django_db
TODAY = TUESDAY_NOON.date()


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def logged(action: str) -> tuple:
    entry = AuditEntry.objects.filter(action=action).latest("pk")
    return entry.by, entry.subject


def test_a_moment_is_added_renamed_retired_and_chosen_again(dee, delayed):
    lost = MOMENTS.add("lost", "A parcel was lost", names={"de": "Verloren"}, position=2, by=dee)
    assert logged("add_moment_of_truth") == (dee, "moment:lost")
    lost = MOMENTS.change(lost, "Lost", names={}, position=1, by=dee)
    assert (lost.name, lost.names, lost.position) == ("Lost", {}, 1)
    assert logged("change_moment_of_truth") == (dee, "moment:lost")
    assert MOMENTS.retire(lost, on=TODAY, by=dee).retired_on == TODAY
    assert logged("retire_moment_of_truth") == (dee, "moment:lost")
    assert MOMENTS.retire(lost, on=None, by=dee).retired_on is None
    assert logged("revive_moment_of_truth") == (dee, "moment:lost")


def test_what_changes_nothing_is_not_logged(dee, delayed):
    before = AuditEntry.objects.count()
    MOMENTS.change(delayed, delayed.name, names={}, position=0, by=dee)
    MOMENTS.retire(delayed, on=None, by=dee)
    assert AuditEntry.objects.count() == before


def test_the_last_one_stays_and_a_code_is_given_once_and_a_name_is_needed(dee, delayed):
    with pytest.raises(NamedRefused, match="add another first"):
        MOMENTS.retire(delayed, on=TODAY, by=dee)
    with pytest.raises(NamedRefused) as refused:
        MOMENTS.add("delay", "Again", names={}, position=0, by=dee)
    assert refused.value.field == "code"
    for act in (
        lambda: MOMENTS.add("new", " ", names={}, position=0, by=dee),
        lambda: MOMENTS.change(delayed, " ", names={}, position=0, by=dee),
    ):
        with pytest.raises(NamedRefused) as refused:
            act()
        assert refused.value.field == "name"
    assert [str(each) for each in MomentOfTruth.objects.all()] == ["A delivery was late"]


def test_hr_keeps_them_by_the_pages(client, dee, delayed):
    client.force_login(dee)
    client.post("/empowerment/moments/new/", {"code": "lost", "name": "Lost", "position": "2"})
    client.post("/empowerment/moments/of/lost/", {"name": "A parcel was lost", "position": "0"})
    client.post("/empowerment/moments/of/delay/retire/")
    page = text(client.get("/empowerment/moments/"))
    assert "A parcel was lost lost 0 —" in page
    assert "A delivery was late delay 0 Tue 3 Mar 2026" in page
    last = client.post("/empowerment/moments/of/lost/retire/", follow=True)
    assert "the last moment of truth" in text(last)
    again = client.post("/empowerment/moments/of/delay/retire/", follow=True)
    assert "It can be chosen again." in text(again)


def test_a_wrong_code_is_said_at_its_field(client, dee, delayed):
    client.force_login(dee)
    said = {"code": "delay", "name": "Again", "position": "1"}
    form = client.post("/empowerment/moments/new/", said).context["form"]
    assert form.errors == {"code": ["There is a moment of truth with the code delay."]}


def test_others_read_them_or_nothing(client, ann, fay, delayed):
    client.force_login(fay)
    assert client.get("/empowerment/moments/").status_code == 200
    assert client.post("/empowerment/moments/of/delay/retire/").status_code == 403
    client.force_login(ann)
    assert client.get("/empowerment/moments/").status_code == 403
