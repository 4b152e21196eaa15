"""The wall: what a reader finds on it, by which filters, at what price, and for whom."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Employee, Policy, ShownTo
from people.services.consents import Agreed, agree
from people.services.erasing import erase
from recognition.models import Behaviour, Cheer, FollowedDefault, Nomination, Nominee, Reply
from recognition.services import visibility
from recognition.services.feeds import make_feed
from recognition.services.visibility import Reader, follow_defaults, reader_of
from recognition.services.wall import WallFilters, nomination_for, page_of_wall, wall_for
from tests.conftest import TUESDAY_NOON, make_department
from tests.recognition.conftest import STORY, TODAY, praised

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)> did well for the customer today."


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TUESDAY_NOON)


def agreed(*users, names=ShownTo.STAFF, photo=ShownTo.NOBODY, now=TUESDAY_NOON):
    for user in users:
        agree(user.employee, Agreed(names, photo), by=user, now=now)


def many(giver, nominee, behaviour, count: int, *, shown_to=ShownTo.STAFF, day=TODAY) -> list[int]:
    """Nominations without the service, as a thousand of them would take it a minute."""
    made = Nomination.objects.bulk_create(
        Nomination(
            key=uuid4(), giver=giver.employee, story=f"{STORY} {n}", behaviour=behaviour,
            happened_on=day, audience=ShownTo.STAFF, shown_to=shown_to, published_on=day,
            published_at=datetime(day.year, day.month, day.day, 9, tzinfo=TUESDAY_NOON.tzinfo),
        )
        for n in range(count)
    )  # fmt: skip
    place = nominee.employee.memberships.get().department
    Nominee.objects.bulk_create(
        Nominee(nomination=each, employee=nominee.employee, department=place) for each in made
    )
    return [each.pk for each in made]


def numbers(page) -> list[int]:
    return [each.nomination.pk for each in page.shown]


def test_it_shows_the_newest_first_and_each_once(ann, bob, cas, kept_promise):
    agreed(ann, bob)
    # For everybody and given by himself: read for two reasons, shown once.
    made = [praised(user, by=cas, behaviour=kept_promise).pk for user in (ann, bob, ann)]
    page = page_of_wall(reader_of(cas, on=TODAY))
    assert (numbers(page), page.older) == (made[::-1], None)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(ann, cas, kept_promise):
    made = many(cas, ann, kept_promise, 120)
    reader, before, seen, sizes = reader_of(cas, on=TODAY), None, [], []
    while True:
        page = page_of_wall(reader, before=before)
        seen += numbers(page)
        sizes.append(len(page.shown))
        before = page.older
        if before is None:
            break
    assert (seen, sizes) == (made[::-1], [50, 50, 20])


def test_a_full_last_page_leads_nowhere(ann, cas, kept_promise):
    many(cas, ann, kept_promise, 50)
    assert page_of_wall(reader_of(cas, on=TODAY)).older is None


def test_each_finds_what_is_for_everybody_for_the_own_team_given_or_received(
    ann, bob, cas, eve, kept_promise
):
    for_all = many(cas, ann, kept_promise, 1)
    for_team = many(cas, ann, kept_promise, 1, shown_to=ShownTo.TEAM)
    for_none = many(cas, ann, kept_promise, 1, shown_to=ShownTo.NOBODY)
    outside = many(cas, ann, kept_promise, 1)
    Nomination.objects.filter(pk__in=outside).update(audience=3, shown_to=3)
    Nomination.objects.filter(pk__in=many(cas, ann, kept_promise, 1)).update(state="held")
    found = {
        user.username: numbers(page_of_wall(reader_of(user, on=TODAY)))
        for user in (ann, bob, cas, eve)
    }
    everything = [*outside, *for_none, *for_team, *for_all]
    assert found == {
        "ann": everything, "cas": everything, "bob": [*outside, *for_team, *for_all],
        "eve": [*outside, *for_all],
    }  # fmt: skip
    assert numbers(page_of_wall(Reader(audience=ShownTo.PUBLIC))) == outside
    assert numbers(page_of_wall(Reader(sees_all=True))) == everything


def test_filters_narrow_by_department_behaviour_and_day(ann, cas, dee, kept_promise, claims):
    other = Behaviour.objects.create(code="calm", name="Stayed calm")
    long_ago = many(cas, ann, kept_promise, 1, day=date(2025, 3, 3))
    in_claims = many(cas, ann, kept_promise, 1)
    calm = many(cas, ann, other, 1)
    in_billing = many(cas, dee, kept_promise, 1)
    reader = reader_of(cas, on=TODAY)

    def found(**filters):
        return numbers(page_of_wall(reader, WallFilters(**filters)))

    assert found(departments={claims.pk}) == [*calm, *in_claims, *long_ago]
    assert found(behaviour=other) == calm
    assert found(since=date(2026, 1, 1)) == [*in_billing, *calm, *in_claims]
    assert found(through=date(2025, 12, 31)) == long_ago
    assert found(since=TODAY + timedelta(days=1)) == []
    assert found(through=date(2020, 1, 1)) == []
    assert found(
        departments={claims.pk}, behaviour=kept_promise, since=date(2026, 1, 1), through=TODAY
    ) == in_claims  # fmt: skip


@pytest.mark.parametrize("few", [0, 3000])
def test_departments_of_few_and_of_many_find_the_same(
    few, ann, cas, dee, eve, kept_promise, claims, monkeypatch
):
    """Few are gathered, of many each is asked: two ways, one answer."""
    monkeypatch.setattr(visibility, "FEW", few)
    team = many(cas, ann, kept_promise, 2, shown_to=ShownTo.TEAM)
    many(cas, dee, kept_promise, 2, shown_to=ShownTo.TEAM)
    for_all = many(cas, ann, kept_promise, 2)
    reader = Reader(employee_id=eve.employee.pk, departments=frozenset({claims.pk}))
    filters = WallFilters(departments={claims.pk})
    assert numbers(page_of_wall(reader, filters)) == [*for_all[::-1], *team[::-1]]


def test_a_page_asks_the_same_number_of_questions_whatever_is_on_it(ann, bob, cas, kept_promise):
    reader = reader_of(bob, on=TODAY)
    counted = []
    for more in (1, 9, 990):
        made = many(cas, ann, kept_promise, more)
        Cheer.objects.create(nomination_id=made[0], employee=bob.employee, made_at=TUESDAY_NOON)
        with CaptureQueriesContext(connection) as asked:
            page_of_wall(reader)
        counted.append(len(asked))
    assert len(set(counted)) == 1


def test_what_everybody_reads_is_read_from_its_index(ann, bob, cas, kept_promise):
    """Also once all rows are known to have the same audience, where it seems of no use."""
    many(cas, ann, kept_promise, 300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plans = [
        Nomination.objects.published().filter(part).order_by("-pk").values_list("pk")[:51].explain()
        for part in visibility.parts_readable(Reader())
    ]
    # PostgreSQL walks the numbers themselves where all rows have that audience: as good.
    read_whole = ("SCAN recognition_nomination", "Seq Scan on recognition_nomination")
    assert [plan for plan in plans if any(words in plan for words in read_whole)] == []


# The pages


def test_the_page_shows_names_and_stories_as_agreed(client, ann, cas, eve, kept_promise):
    praised(ann, by=cas, behaviour=kept_promise, story="Ann stayed until the parcel was found.")
    praised(eve, by=cas, behaviour=kept_promise)
    agreed(eve)
    client.force_login(eve)
    page = client.get("/wall/").content.decode()
    assert "Kept a promise" in page
    assert "Ann" not in page.partition("<main")[2]
    client.force_login(ann)
    assert "<bdi>Ann</bdi>" in client.get("/wall/").content.decode()


def test_what_somebody_writes_is_text_and_nothing_else(client, ann, cas, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise, story=XSS)
    Reply.objects.create(
        nomination=made, employee=cas.employee, text=XSS, key=uuid4(), made_at=TUESDAY_NOON
    )
    client.force_login(cas)
    for path in ("/wall/", f"/nominations/{made.pk}/", f"/nominations/{made.pk}/report/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;" in page


def test_filters_by_department_mean_those_below_too(client, ann, cas, kept_promise, claims, site):
    many(cas, ann, kept_promise, 1)
    top = make_department("TOP", site)
    claims.placements.update(parent=top)
    client.force_login(cas)
    shown = {
        code: len(client.get("/wall/", {"department": code}).context["page"].shown)
        for code in ("TOP", "CLAIMS", "BILLING")
    }
    assert shown == {"TOP": 1, "CLAIMS": 1, "BILLING": 0}


def test_older_pages_keep_the_filters(client, ann, cas, kept_promise):
    many(cas, ann, kept_promise, 51)
    client.force_login(cas)
    first = client.get("/wall/", {"behaviour": "promise"})
    assert f'?{first.context["older"].replace("&", "&amp;")}"' in first.content.decode()
    older = client.get(f"/wall/?{first.context['older']}")
    assert len(older.context["page"].shown) == 1
    assert "To the newest" in older.content.decode()
    beyond = client.get("/wall/", {"before": "1"})
    assert "nothing is older" in beyond.content.decode()


def test_an_empty_wall_says_what_to_do(client, ann, kept_promise):
    client.force_login(ann)
    assert "Nothing is on the wall yet" in client.get("/wall/").content.decode()
    page = client.get("/wall/", {"behaviour": "promise"}).content.decode()
    assert "Nothing on the wall fits what you chose" in page


@pytest.mark.parametrize(
    "query",
    [{"before": "x"}, {"before": "9" * 40}, {"before": "-1"}, {"department": "NOPE"},
     {"behaviour": "none"}, {"period": "1 OR 1"}],
)  # fmt: skip
def test_a_wrong_filter_narrows_nothing(client, ann, cas, kept_promise, query):
    made = many(cas, ann, kept_promise, 1)
    client.force_login(cas)
    assert numbers(client.get("/wall/", query).context["page"]) == made


def test_the_page_costs_the_same_with_1_10_and_1000(client, ann, cas, kept_promise):
    client.force_login(cas)
    client.get("/wall/")
    counted = []
    for more in (1, 9, 990):
        made = many(cas, ann, kept_promise, more)
        Reply.objects.create(
            nomination_id=made[-1], employee=cas.employee, text="x", key=uuid4(),
            made_at=TUESDAY_NOON,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            client.get("/wall/")
        counted.append(len(asked))
    assert len(set(counted)) == 1


def test_nobody_who_may_not_read_it_opens_a_nomination(client, ann, bob, cas, eve, kept_promise):
    [team] = many(cas, ann, kept_promise, 1, shown_to=ShownTo.TEAM)
    asked = {}
    for user in (ann, bob, cas, eve):
        client.force_login(user)
        asked[user.username] = client.get(f"/nominations/{team}/").status_code
    assert asked == {"ann": 200, "bob": 200, "cas": 200, "eve": 404}
    for number in (team + 1000, 2**63):
        assert client.get(f"/nominations/{number}/").status_code == 404


def test_those_concerned_see_what_is_held_and_that_it_is(
    client, ann, bob, cas, dee, eve, kept_promise
):
    [held] = many(cas, ann, kept_promise, 1)
    Nomination.objects.update(state="held")
    asked = {}
    for user in (ann, cas, dee, bob, eve):
        client.force_login(user)
        answer = client.get(f"/nominations/{held}/")
        asked[user.username] = (answer.status_code, b"because it concerns you" in answer.content)
        assert numbers(client.get("/wall/").context["page"]) == []
    assert asked == {
        "ann": (200, True), "cas": (200, True), "dee": (200, False), "bob": (404, False),
        "eve": (404, False),
    }  # fmt: skip


def test_hr_does_not_leaf_through_what_is_for_those_concerned(client, ann, cas, dee, kept_promise):
    [pk] = many(ann, cas, kept_promise, 1, shown_to=ShownTo.NOBODY)
    client.force_login(dee)
    assert f"/nominations/{pk}/" not in client.get("/wall/").content.decode()
    assert client.get(f"/nominations/{pk}/").status_code == 200


def test_a_customers_reference_is_for_those_concerned_and_hr(
    client, ann, bob, cas, dee, kept_promise
):
    made = praised(ann, by=cas, behaviour=kept_promise, customer_reference="ORDER-17")
    seen = {}
    for user in (ann, bob, cas, dee):
        client.force_login(user)
        seen[user.username] = b"ORDER-17" in client.get(f"/nominations/{made.pk}/").content
    assert seen == {"ann": True, "bob": False, "cas": True, "dee": True}


# For screens


def test_plain_values_hold_only_names_that_may_stand_there(ann, cas, dee, kept_promise, claims):
    made = praised(
        ann, dee, by=cas, behaviour=kept_promise, story="Ann and Dee found the parcel at last.",
        audience=ShownTo.PUBLIC,
    )  # fmt: skip
    agreed(dee, names=ShownTo.STAFF)
    [plain] = wall_for(ShownTo.STAFF, language="en", most=10)
    assert plain == {
        "id": made.pk, "published_at": "2026-03-03T12:00:00+00:00", "behaviour": "Kept a promise",
        "story": "… and Dee found the parcel at last.",
        "nominees": [{"name": "Dee", "department": "Billing", "photo_of": None}], "unnamed": 1,
        "giver": "", "cheers": 0, "replies": 0, "people": [dee.employee.pk],
    }  # fmt: skip
    assert wall_for(ShownTo.PUBLIC, language="en", most=10) == []
    [in_claims] = wall_for(ShownTo.TEAM, department=claims, language="en", most=10)
    assert [each["name"] for each in in_claims["nominees"]] == ["Ann", "Dee"]


def test_a_departments_screen_shows_its_own_praise(ann, cas, dee, kept_promise, claims, billing):
    [team] = many(cas, ann, kept_promise, 1, shown_to=ShownTo.TEAM)
    [for_all] = many(cas, ann, kept_promise, 1)
    many(cas, dee, kept_promise, 1)

    def on_screen(audience, department):
        shown = wall_for(audience, department=department, language="en", most=10)
        return [each["id"] for each in shown]

    assert on_screen(ShownTo.TEAM, claims) == [for_all, team]
    assert on_screen(ShownTo.STAFF, claims) == [for_all]
    assert on_screen(ShownTo.TEAM, billing) != [for_all, team]


def test_the_behaviour_is_named_in_the_screens_language(ann, cas, kept_promise):
    kept_promise.names = {"zh-hans": "信守承诺"}
    kept_promise.save()
    many(cas, ann, kept_promise, 1)
    [plain] = wall_for(ShownTo.STAFF, language="zh-hans", most=1)
    assert plain["behaviour"] == "信守承诺"


@pytest.mark.parametrize("audience", [ShownTo.NOBODY, ShownTo.TEAM])
def test_a_screen_stands_before_somebody(audience, db):
    with pytest.raises(ValueError, match="no screen"):
        wall_for(audience, language="en", most=1)


# What is withdrawn is gone


def places(client, reader, made) -> set[str]:
    """Where the name Ann stands for somebody of another department."""
    client.force_login(reader)
    texts = {
        "wall": client.get("/wall/").content.decode().partition("<main")[2],
        "nomination": client.get(f"/nominations/{made.pk}/").content.decode().partition("<main")[2],
        "screen": str(wall_for(ShownTo.STAFF, language="en", most=10)),
        "public": str(wall_for(ShownTo.PUBLIC, language="en", most=10)),
        "feed": feed_of(client, reader),
    }
    return {place for place, text in texts.items() if "Ann" in text}


def feed_of(client, user) -> str:
    secret = make_feed(user, now=TUESDAY_NOON)
    return "".join(
        client.get(f"/wall/feed/{secret}.{form}").content.decode() for form in ("xml", "json")
    )


def test_a_withdrawn_consent_takes_the_name_from_everywhere_at_once(
    client, ann, cas, dee, eve, kept_promise
):
    made = praised(
        ann, dee, by=cas, behaviour=kept_promise, story="Ann and Dee found the parcel at last.",
        audience=ShownTo.PUBLIC,
    )  # fmt: skip
    agreed(ann, dee, names=ShownTo.PUBLIC)
    assert places(client, eve, made) == {"wall", "nomination", "screen", "public", "feed"}
    agreed(ann, names=ShownTo.NOBODY)
    assert places(client, eve, made) == set()
    assert wall_for(ShownTo.PUBLIC, language="en", most=10)[0]["unnamed"] == 1


def test_an_erased_name_is_gone_from_everywhere(client, ann, cas, dee, eve, kept_promise):
    made = praised(
        ann, dee, by=cas, behaviour=kept_promise, story="Ann and Dee found the parcel at last.",
        audience=ShownTo.PUBLIC,
    )  # fmt: skip
    agreed(ann, dee, names=ShownTo.PUBLIC)
    Reply.objects.create(
        nomination=made, employee=ann.employee, text="Ann thanks you", thanks=True, key=uuid4(),
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    Employee.objects.filter(pk=ann.employee.pk).update(left_on=date(2026, 2, 1))
    erase(ann.employee, why="asked for it", by=dee, now=TUESDAY_NOON)
    assert places(client, eve, made) == set()
    client.force_login(cas)
    assert b"Ann" not in client.get(f"/nominations/{made.pk}/").content.partition(b"<main")[2]


# The company's rule on names


def names_shown(value: str, *, from_date: date, by) -> None:
    Policy.objects.create(
        name="names_shown", value=value, from_date=from_date, reason="x", made_by=by
    )


def test_praise_follows_the_companys_rule_on_the_day_it_begins(
    ann, cas, dee, eve, kept_promise, django_assert_num_queries, monkeypatch
):
    silent = praised(ann, by=cas, behaviour=kept_promise)
    said = praised(dee, by=cas, behaviour=kept_promise)
    agreed(dee, names=ShownTo.TEAM)
    assert follow_defaults(now=TUESDAY_NOON) == 0
    names_shown("staff", from_date=TODAY + timedelta(days=1), by=dee)
    # One look at the policy and one at what was followed.
    with django_assert_num_queries(2):
        assert follow_defaults(now=TUESDAY_NOON) == 0
    wednesday = TUESDAY_NOON + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: wednesday)
    assert follow_defaults(now=wednesday) == 1
    assert follow_defaults(now=wednesday) == 0
    silent.refresh_from_db()
    said.refresh_from_db()
    assert (silent.shown_to, said.shown_to) == (ShownTo.STAFF, ShownTo.TEAM)
    assert FollowedDefault.objects.count() == 2


def test_following_asks_by_the_portion_and_not_by_the_nomination(ann, cas, kept_promise):
    many(cas, ann, kept_promise, 200, shown_to=ShownTo.STAFF)
    with CaptureQueriesContext(connection) as asked:
        assert follow_defaults(now=TUESDAY_NOON) == 200
    assert len(asked) < 20
    assert not Nomination.objects.exclude(shown_to=ShownTo.TEAM).exists()


def test_only_who_may_cheer_is_offered_it(client, ann, bob, cas, kept_promise):
    [made] = many(cas, ann, kept_promise, 1)
    offered = {}
    for user in (ann, bob, cas):
        client.force_login(user)
        page = client.get("/wall/").content.decode()
        offered[user.username] = f'action="/nominations/{made}/cheer/"' in page
    assert offered == {"ann": False, "bob": True, "cas": False}


def test_a_nomination_is_counted_once_for_its_reader(ann, bob, cas, kept_promise):
    [made] = many(cas, ann, kept_promise, 1)
    for user in (bob, cas):
        Cheer.objects.create(nomination_id=made, employee=user.employee, made_at=TUESDAY_NOON)
    for state in ("published", "published", "published", "held", "withdrawn"):
        Reply.objects.create(
            nomination_id=made, employee=bob.employee, text="x", state=state, key=uuid4(),
            made_at=TUESDAY_NOON,
        )  # fmt: skip
    told = nomination_for(reader_of(bob, on=TODAY), made).nomination
    assert (told.cheer_count, told.reply_count, told.cheered) == (2, 3, True)
