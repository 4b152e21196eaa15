"""A thousand screens at two web processes, as production runs them.

Floor of a poll: an empty Django view behind the same middleware, in the same run. The screens share
the machine with the server, so what a poll costs is told by the web processes' processor time.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context

from django.test import override_settings
from django.utils import timezone

from benchmarks.casting import SECRET, processor_seconds, served
from benchmarks.closing import FIRST, company
from benchmarks.emptying import empty
from cms.services.posting import post_day
from incentives.services.closing import close_day
from people.rules import days_between
from screens.models import Playlist, Screen
from screens.services.access import bind

SCREENS, DEPARTMENTS, PACE = 1_000, 16, 30.0
POLLS = 4_000
LATER = datetime(2027, 1, 1, tzinfo=UTC)
PORT = 18_095
NEXT = days_between(FIRST, FIRST.replace(day=28))[1]


def poll_a_thousand_screens(report: Callable) -> None:
    empty()
    by, secrets = _house()
    with served("benchmarks.served_settings", "/empty/") as server:
        tags = _run(_ask_all, secrets, [""] * SCREENS)["tags"]
        floor = _spent(server, "/empty/", secrets, tags)
        product = _spent(server, "/screen/manifest.json", secrets, tags)
        share = 100 * product / POLLS * SCREENS / PACE
        report(
            "a poll without news (304)", floor=[floor / POLLS], product=[product / POLLS],
            goal=f"goal ratio 2; {SCREENS} screens at their pace: {share:.1f}% of a core, goal 5",
        )  # fmt: skip
        took = _run(_ask_all, secrets, [""] * SCREENS)["took"]
        late = statistics.quantiles(took, n=20)[18]
        print(f"a stampede of {SCREENS}: p95 {1000 * late:.0f} ms, all by"
              f" {1000 * max(took):.0f} ms; goal p95 500 ms", flush=True)  # fmt: skip
        _new_day(by, secrets, tags, server)
    empty()


def _house() -> tuple[object, list[str]]:
    by = company(DEPARTMENTS, [FIRST, NEXT])
    close_day(FIRST, by=by, now=LATER, final=True)
    post_day(FIRST, now=timezone.now())
    slides = [{"type": kind, "value": {"seconds": 15}} for kind in ("board", "pool")]
    playlist = Playlist(name="Bench", slides=slides)
    playlist.save()
    playlist.save_revision().publish()
    with override_settings(SECRET_KEY=SECRET):
        secrets = [
            bind(
                Screen.objects.create(
                    name=f"S{n}", playlist=playlist, made_by=by, only_working_days=False
                ),
                now=timezone.now(),
            )
            for n in range(SCREENS)
        ]
    return by, secrets


def _spent(server: int, path: str, secrets: list[str], tags: list[str]) -> float:
    """Processor seconds of the web processes for POLLS requests, eight at a time."""
    before = processor_seconds(server)
    _run(_ask_in_turn, path, secrets, tags)
    return processor_seconds(server) - before


def _new_day(by: object, secrets: list[str], tags: list[str], server: int) -> None:
    """From the posting until the last of them has the new day's slides, at their usual pace."""
    told = get_context("spawn").Queue()
    screens = get_context("spawn").Process(target=_live, args=(told, secrets, tags))
    screens.start()
    time.sleep(5)
    before = processor_seconds(server)
    close_day(NEXT, by=by, now=LATER, final=True)
    post_day(NEXT, now=timezone.now())
    posted = time.time()
    shown = told.get(timeout=100)
    screens.join()
    waits = [each - posted for each in shown]
    print(
        f"a new day on {len(waits)} of {SCREENS} screens: half by"
        f" {statistics.median(waits):.0f} s, all by {max(waits):.0f} s; goal 60 s; the web"
        f" processes worked {processor_seconds(server) - before:.1f} s",
        flush=True,
    )


def _run(work: Callable, *values: object) -> dict:
    """In a process of its own, so that the server's clock is not the screens'."""
    queue = get_context("spawn").Queue()
    process = get_context("spawn").Process(target=_told, args=(queue, work, values))
    process.start()
    found = queue.get(timeout=300)
    process.join()
    return found


def _told(queue, work: Callable, values: tuple) -> None:
    queue.put(asyncio.run(work(*values)))


async def _get(reader, writer, path: str, secret: str, tag: str) -> tuple[int, str, bytes]:
    lines = [
        f"GET {path} HTTP/1.1", "Host: localhost", "X-Forwarded-Proto: https",
        f"Cookie: __Secure-screen={secret}", "Screen-Report: build=x&size=1920x1080",
    ]  # fmt: skip
    lines += [f"If-None-Match: {tag}"] if tag else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status = int(head.split()[1])
    headers = {
        name.lower(): value
        for name, _colon, value in (line.partition(": ") for line in head.split("\r\n")[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return status, headers.get("etag", ""), body


async def _asked(path: str, secret: str, tag: str) -> tuple[int, str, bytes]:
    """A screen whose connection is reset asks again, as its browser does."""
    for _try in range(5):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            try:
                return await _get(reader, writer, path, secret, tag)
            finally:
                writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{path}: no answer")


async def _ask_all(secrets: list[str], tags: list[str]) -> dict:
    """All at once, each on a connection of its own; seconds until each has its answer."""
    start = time.perf_counter()

    async def one(secret: str, tag: str) -> tuple[float, str]:
        status, found, _body = await _asked("/screen/manifest.json", secret, tag)
        if status not in (200, 304):
            raise RuntimeError(f"manifest: {status}")
        return time.perf_counter() - start, found

    answers = await asyncio.gather(*(one(*each) for each in zip(secrets, tags, strict=True)))
    return {"took": [took for took, _tag in answers], "tags": [tag for _took, tag in answers]}


async def _ask_in_turn(path: str, secrets: list[str], tags: list[str]) -> dict:
    async def eighth(own: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for number in range(own, POLLS, 8):
            place = number % SCREENS
            status, _tag, _body = await _get(reader, writer, path, secrets[place], tags[place])
            if status != 304:
                raise RuntimeError(f"{path}: {status}")
        writer.close()

    await asyncio.gather(*(eighth(own) for own in range(8)))
    return {}


def _live(told, secrets: list[str], tags: list[str]) -> None:
    told.put(asyncio.run(_live_all(secrets, tags)))


async def _live_all(secrets: list[str], tags: list[str]) -> list[float]:
    """Each polls at its pace with jitter until it has a new loop; when that was."""

    async def one(secret: str, tag: str) -> float:
        await asyncio.sleep(random.uniform(0, PACE))
        while True:
            status, _tag, body = await _asked("/screen/manifest.json", secret, tag)
            if status == 200:
                sha = body.decode().partition('"snapshot": "')[2][:64]
                status, _tag, _body = await _asked(f"/screen/snapshot/{sha}.json", secret, "")
                if status == 200:
                    return time.time()
            await asyncio.sleep(PACE * random.uniform(0.8, 1.2))

    return list(await asyncio.gather(*(one(*each) for each in zip(secrets, tags, strict=True))))
