"""Entering figures: does it work, who may not, what if the input is wrong; held figures."""

import pytest

from incentives.models import HeldFigure, Result
from incentives.services.recording import Figure, record
from people.models import Role
from tests.conftest import MONDAY, make_department, make_person, make_result, scaled_of
from tests.scene import TUESDAY, hold, wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


@pytest.fixture
def as_bob(client, bob):
    client.force_login(bob)
    return client


def field(target) -> str:
    return f"value-{target.department_id}-{target.metric_id}"


def enter(client, values: dict, *, day=TUESDAY, path="/figures/", **more):
    """Post figures by target."""
    posted = {field(target): value for target, value in values.items()}
    return client.post(path, {"date": str(day), **posted, **more})


def errors(response) -> dict:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_yesterdays_figures_of_my_departments_are_asked(as_bob, goals):
    response = as_bob.get("/figures/")
    assert response.context["day"] == TUESDAY
    assert [goal.department.code for goal, _field in response.context["form"].rows()] == [
        "CLAIMS", "CLAIMS",
    ]  # fmt: skip


def test_figures_are_recorded_with_who_and_how(as_bob, goals, bob):
    response = enter(as_bob, {goals[0]: "81.25", goals[1]: "4.5"})
    assert response.status_code == 302
    assert response.url == "/figures/?date=2026-03-03"
    found = Result.objects.order_by("metric__code").values_list(
        "date", "department__code", "metric__code", "value_scaled", "source", "made_by", "revision"
    )
    assert list(found) == [
        (TUESDAY, "CLAIMS", "answered", scaled_of("81.25"), "form", bob.pk, 1),
        (TUESDAY, "CLAIMS", "waiting", scaled_of("4.5"), "form", bob.pk, 1),
    ]
    assert b"2 figures recorded." in as_bob.get(response.url).content


def test_a_blank_is_no_figure_and_zero_is_one(as_bob, goals):
    enter(as_bob, {goals[0]: "", goals[1]: "0"})
    assert list(Result.objects.values_list("metric__code", "value_scaled")) == [("waiting", 0)]


def test_the_same_figure_again_changes_nothing(as_bob, goals):
    enter(as_bob, {goals[0]: "81"})
    response = enter(as_bob, {goals[0]: "81.00"})
    assert b"Nothing has changed." in as_bob.get(response.url).content
    assert Result.objects.count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "1e5",
        "Infinity",
        "eighty",
        "81.255",
        "-0",
        "1,000",
        "1" + "0" * 18,
        "9" * 39,
        "１e２",
    ],
)
def test_a_mistake_has_its_sentence_beside_its_field_and_nothing_is_recorded(as_bob, goals, text):
    response = enter(as_bob, {goals[0]: text, goals[1]: "4"})
    assert response.status_code == 200
    found = errors(response)
    assert list(found) == [field(goals[0])]
    page = response.content.decode()
    place = page.index(f'name="{field(goals[0])}"')
    assert "errors" in page[place : page.index(f'name="{field(goals[1])}"')]
    assert not Result.objects.exists()
    assert not HeldFigure.objects.exists()


def test_what_was_typed_stays_in_the_form_beside_a_mistake(as_bob, goals):
    page = enter(as_bob, {goals[0]: "<script>", goals[1]: "4.25"}).content.decode()
    assert 'value="4.25"' in page
    assert 'value="&lt;script&gt;"' in page
    assert "<script>" not in page


def test_a_blank_erases_nothing_and_says_so(as_bob, goals, system):
    make_result(goals[0].department, goals[0].metric, TUESDAY, "81", system)
    response = enter(as_bob, {goals[0]: "", goals[1]: "4"})
    assert "A blank erases nothing" in errors(response)[field(goals[0])][0]
    assert Result.objects.count() == 1


def test_a_changed_figure_needs_a_reason(as_bob, goals, system):
    make_result(goals[0].department, goals[0].metric, TUESDAY, "81", system)
    response = enter(as_bob, {goals[0]: "82"})
    assert "say why" in errors(response)[field(goals[0])][0]
    enter(as_bob, {goals[0]: "82"}, reason="typing mistake")
    changed = Result.objects.get(revision=2)
    assert (changed.value_scaled, changed.reason) == (scaled_of("82"), "typing mistake")


def test_a_figure_of_a_final_day_is_refused_beside_its_field(as_bob, goals, system):
    from tests.incentives.test_closing import close, report_all

    report_all(goals, system)
    close(system)
    response = enter(as_bob, {goals[0]: "99", goals[1]: "5"}, day=MONDAY, reason="late")
    assert "is final" in errors(response)[field(goals[0])][0]
    assert Result.objects.count() == 4


def test_figures_for_a_day_nobody_named_are_refused(as_bob, goals):
    for day in ("", "yesterday", "2026-13-01"):
        assert enter(as_bob, {goals[0]: "81"}, day=day).status_code == 400
    assert not Result.objects.exists()


def test_an_unreadable_day_to_look_at_is_yesterday(as_bob, goals):
    assert as_bob.get("/figures/?date=soon").context["day"] == TUESDAY


def test_a_day_to_come_says_so_and_takes_nothing(as_bob, goals):
    assert b"is still to come" in as_bob.get("/figures/?date=2026-03-05").content
    assert b"is still to come" in enter(as_bob, {goals[0]: "81"}, day="2026-03-05").content
    assert not Result.objects.exists()


def test_a_weekend_says_that_nothing_is_due(as_bob, goals):
    assert b"No figure is due on this day" in as_bob.get("/figures/?date=2026-03-01").content


def test_figures_of_somebody_elses_department_are_not_taken(as_bob, goals):
    response = enter(as_bob, {goals[2]: "90"})
    assert response.status_code == 302
    assert enter(as_bob, {goals[2]: "90"}, path="/figures/of/BILLING/").status_code == 404
    assert as_bob.get("/figures/of/NOWHERE/").status_code == 404
    assert not Result.objects.exists()


def test_a_lead_enters_for_departments_below(as_bob, goals, billing, claims):
    billing.placements.update(parent=claims)
    enter(as_bob, {goals[2]: "90"}, path="/figures/of/BILLING/")
    assert Result.objects.get().department == billing


def test_a_department_code_with_a_slash_has_a_page(client, root, site, answered, system):
    from tests.conftest import make_target

    target = make_target(make_department("N/A~1", site), answered, "80", system)
    client.force_login(root)
    assert client.get("/figures/of/N~2FA~7E1/").status_code == 200
    assert client.get(f"/days/{TUESDAY}/").status_code == 200
    assert client.get("/departments/N~2FA~7E1/").context["department"] == target.department


def test_ann_and_finance_do_not_enter_figures(client, goals, ann, fay):
    for user in (ann, fay):
        client.force_login(user)
        assert enter(client, {goals[0]: "81"}).status_code == 403
    assert not Result.objects.exists()


def test_an_implausible_figure_is_held_and_the_others_are_recorded(as_bob, goals, bob):
    response = enter(as_bob, {goals[0]: "810", goals[1]: "4"})
    assert b"waits for somebody else to confirm" in as_bob.get(response.url).content
    held = HeldFigure.objects.get()
    assert (held.value_scaled, held.made_by, held.state) == (scaled_of("810"), bob, "waiting")
    assert list(Result.objects.values_list("metric__code", flat=True)) == ["waiting"]


def test_who_entered_a_figure_does_not_confirm_it(as_bob, goals, bob):
    held = hold(goals[0], by=bob)
    page = as_bob.get("/figures/held/").content.decode()
    assert 'name="confirm"' not in page
    assert 'name="refuse"' in page
    as_bob.post(f"/figures/held/{held.pk}/", {"confirm": ""})
    held.refresh_from_db()
    assert held.state == "waiting"
    assert not Result.objects.exists()
    assert b"does not confirm it" in as_bob.get("/figures/held/").content


def test_somebody_else_confirms_it_and_then_it_counts(client, goals, bob, dee):
    held = hold(goals[0], by=bob)
    client.force_login(dee)
    assert b'name="confirm"' in client.get("/figures/held/").content
    client.post(f"/figures/held/{held.pk}/", {"confirm": ""})
    result = Result.objects.get()
    assert (result.value_scaled, result.made_by, result.confirmed_by) == (
        scaled_of("500"), bob, dee,
    )  # fmt: skip


def test_a_removed_figure_never_counts(as_bob, goals, bob):
    held = hold(goals[0], by=bob)
    as_bob.post(f"/figures/held/{held.pk}/", {"refuse": ""})
    held.refresh_from_db()
    assert held.state == "refused"
    assert not Result.objects.exists()


def test_a_figure_is_decided_once(client, goals, bob, dee):
    held = hold(goals[0], by=bob)
    client.force_login(dee)
    client.post(f"/figures/held/{held.pk}/", {"confirm": ""})
    assert client.post(f"/figures/held/{held.pk}/", {"refuse": ""}).status_code == 404
    held.refresh_from_db()
    assert held.state == "confirmed"
    assert Result.objects.count() == 1


def test_a_post_that_says_neither_decides_nothing(client, goals, bob, dee):
    held = hold(goals[0], by=bob)
    client.force_login(dee)
    assert client.post(f"/figures/held/{held.pk}/").status_code == 400
    held.refresh_from_db()
    assert held.state == "waiting"


@pytest.mark.parametrize(
    ("name", "sees_claims", "sees_billing"),
    [("lead", True, False), ("hr", True, True), ("finance", True, True), ("root", True, True)],
)
def test_leads_confirm_in_their_own_departments_hr_and_finance_everywhere(
    client, goals, system, claims, billing, name, sees_claims, sees_billing
):
    roles = {"lead": (Role.LEAD, claims), "root": (Role.ADMINISTRATOR, None)}
    user = make_person("gil", billing, roles.get(name, (name, None)), by=system)
    in_claims, in_billing = hold(goals[0], by=system), hold(goals[2], by=system)
    client.force_login(user)
    for held, may in ((in_claims, sees_claims), (in_billing, sees_billing)):
        status = client.post(f"/figures/held/{held.pk}/", {"confirm": ""}).status_code
        assert status == (302 if may else 404)
    assert Result.objects.count() == sees_claims + sees_billing


@pytest.mark.parametrize("name", ["ann", "eve", "max_auditor"])
def test_nobody_else_confirms(client, goals, system, name, request):
    held = hold(goals[0], by=system)
    client.force_login(request.getfixturevalue(name))
    assert client.get("/figures/held/").status_code == 403
    assert client.post(f"/figures/held/{held.pk}/", {"confirm": ""}).status_code == 403


def test_a_held_figure_of_a_day_gone_final_is_refused_with_a_sentence(
    client, goals, bob, dee, system
):
    from tests.incentives.test_closing import close
    from tests.scene import WEDNESDAY_MORNING

    held = hold(goals[0], by=bob)
    close(system, day=TUESDAY, now=WEDNESDAY_MORNING, final=True)
    client.force_login(dee)
    client.post(f"/figures/held/{held.pk}/", {"confirm": ""})
    assert b"is final" in client.get("/figures/held/").content
    held.refresh_from_db()
    assert held.state == "waiting"


def test_an_administrator_enters_for_every_department(client, goals, root):
    client.force_login(root)
    enter(client, {target: "4" if target.metric.code == "waiting" else "90" for target in goals})
    assert Result.objects.count() == 4


def test_entering_costs_the_same_queries_for_one_department_and_for_many(
    client, goals, root, site, answered, system, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.conftest import make_target

    client.force_login(root)
    client.get("/figures/")
    with CaptureQueriesContext(connection) as few:
        client.get("/figures/")
    for number in range(5):
        make_target(make_department(f"D{number}", site), answered, "80", system)
    with django_assert_num_queries(len(few)):
        client.get("/figures/")


def test_a_figure_entered_by_file_reads_the_same_in_the_form(as_bob, goals, system):
    figure = Figure(TUESDAY, goals[0].department_id, goals[0].metric_id, scaled_of("81.5"))
    record([figure], by=system, source="file")
    assert b'value="81.50"' in as_bob.get("/figures/").content


def test_a_page_opened_earlier_brings_no_old_figure_back(as_bob, goals, system):
    """Two tabs: the second one changes another figure than the first."""
    for target, value in zip(goals[:2], ("92.11", "4.5"), strict=True):
        make_result(target.department, target.metric, TUESDAY, value, system)
    page = as_bob.get("/figures/").content.decode()
    shown = {target: f'name="initial-{field(target)}" value="{value}' for target, value in
             zip(goals[:2], ("92.11", "4.5"), strict=True)}  # fmt: skip
    assert all(part in page for part in shown.values())
    enter(as_bob, {goals[0]: "50", goals[1]: "4.50"}, reason="first tab")
    stale = {f"initial-{field(goals[0])}": "92.11", f"initial-{field(goals[1])}": "4.50"}
    enter(as_bob, {goals[0]: "92.11", goals[1]: "3"}, reason="second tab", **stale)
    newest = Result.objects.order_by("metric", "-revision")
    found = {row.metric.code: row.value_scaled for row in reversed(newest)}
    assert found == {"answered": scaled_of("50"), "waiting": scaled_of("3")}
