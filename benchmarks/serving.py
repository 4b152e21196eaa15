"""A results page served from its snapshot to somebody signed in, through the whole stack of
middleware. Floor: a Wagtail page with no content of ours, in the same way."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.test import Client
from django.utils import timezone

from benchmarks.closing import FIRST, company
from benchmarks.emptying import empty
from benchmarks.timing import timed
from cms.models import AnnouncementIndexPage, AnnouncementPage
from cms.services.posting import post_day, results_index
from incentives.services.closing import close_day

DEPARTMENTS = 16
VIEWS = 200
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def serve_results_page(report: Callable) -> None:
    empty()
    by = company(DEPARTMENTS, [FIRST])
    close_day(FIRST, by=by, now=LATER, final=True)
    post_day(FIRST, now=timezone.now())
    index = AnnouncementIndexPage.objects.descendant_of(results_index().get_parent()).get()
    index.add_child(instance=AnnouncementPage(title="Bare", slug="bare", summary="x"))
    by.is_active = True
    by.save()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(by, backend="people.backends.AccountBackend")
    floor, product = [], []
    for _turn in range(VIEWS):
        floor.append(timed(lambda: _get(client, "/announcements/bare/")))
        product.append(timed(lambda: _get(client, f"/results/{FIRST}/")))
    report("results page of 16 departments", floor=floor, product=product, goal="goal under 5 ms")
    empty()


def _get(client: Client, path: str) -> None:
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
