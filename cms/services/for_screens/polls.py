"""The poll that is open now, or the one that was released last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.models import Wave
from surveys.services.reading import part_of, polls_to_read

SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class PollNow:
    """`rate` in words; empty where it may not be told. One that is not open has been released."""

    name: str
    rate: str
    is_open: bool
    closes_at: datetime | None


def poll_now(*, now: datetime) -> PollNow | None:
    """In the language of the moment. An open poll comes before one that has been released to
    everybody in the last 30 days; of several the one that closes first, or was released last."""
    polls = [(wave, "" if rate == part_of(None, 0) else rate) for wave, rate in polls_to_read()]
    open_now = [(wave, rate) for wave, rate in polls if _is_open(wave, now)]
    if open_now:
        wave, rate = min(open_now, key=lambda each: (each[0].closes_at, each[0].pk))
        return PollNow(str(wave), rate, True, wave.closes_at)
    shown = [(wave, rate) for wave, rate in polls if _is_released(wave, now)]
    if shown:
        wave, rate = max(shown, key=lambda each: (each[0].release.shown_at, each[0].pk))
        return PollNow(str(wave), rate, False, wave.closes_at)
    return None


def _is_open(wave: Wave, now: datetime) -> bool:
    if wave.state != Wave.State.OPEN or not wave.opens_at or not wave.closes_at:
        return False
    return wave.opens_at <= now < wave.closes_at


def _is_released(wave: Wave, now: datetime) -> bool:
    shown_at: datetime | None = getattr(getattr(wave, "release", None), "shown_at", None)
    return shown_at is not None and now - SHOWN_FOR <= shown_at <= now
