"""Stories that were told before, in any script; and texts that only resemble each other."""

import pytest

from recognition.rules.fair_play.copied import Copies, Story, copies, resemblance, runs

CALLED = (
    "Ann called the customer back after hours and stayed on the line until the lost parcel was"
    " found in the other depot, then drove there herself."
)


def told(*texts: str) -> list[Story]:
    return [Story(n, n % 3, text) for n, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "again",
    [
        CALLED,
        CALLED.upper(),
        CALLED.replace("Ann", "Bob"),
        CALLED.replace(" ", "  ").replace(",", " –"),
        CALLED.replace("a", "á"),
        f"{CALLED} Well done!",
        CALLED.replace("parcel", "letter"),
    ],
)
def test_a_story_told_again_is_found(again):
    [found] = copies(told(CALLED, again))
    assert (found.nominations, found.givers) == ((1, 2), (1, 2))


@pytest.mark.parametrize(
    "story",
    [
        "她在下班后给客户回了电话，一直等到另一个仓库找到丢失的包裹，然后亲自开车送过去，让客户非常满意和感动",
        "پس از ساعت کاری به مشتری زنگ زد و تا پیدا شدن بسته پای تلفن ماند و خودش آن را رساند",
        "उसने काम के बाद ग्राहक को वापस फोन किया और पार्सल मिलने तक लाइन पर रही और खुद पहुंचाया",
        "그녀는 퇴근 후 고객에게 다시 전화를 걸어 소포를 찾을 때까지 기다렸다가 직접 가져다주었다",
    ],
)
def test_any_script_will_do(story):
    [found] = copies(told(story, f"{story}!"))
    assert found == Copies((1, 2), (1, 2), 1.0)


def test_who_copies_from_a_copy_is_of_the_same_group():
    second = CALLED.replace("the lost parcel was found", "that box was there")
    third = second.replace("drove there herself", "brought it over")
    [found] = copies(told(CALLED, second, third))
    assert found.nominations == (1, 2, 3)
    assert 0.6 <= found.alike < 1


def test_short_thanks_resemble_each_other_by_chance():
    assert copies(told("Thank you for helping me.", "Thank you for helping me.")) == []


def test_other_stories_are_no_copies():
    other = (
        "Bob noticed that the invoice was wrong before the customer did, wrote a friendly letter"
        " and paid the difference back on the same day."
    )
    assert copies(told(CALLED, other)) == []


def test_what_a_thousand_copied_is_one_group():
    [found] = copies(Story(n, n, CALLED) for n in range(1000))
    assert len(found.nominations) == 1000


def test_resemblance_is_the_share_in_common():
    assert resemblance(frozenset({1, 2, 3}), frozenset({2, 3, 4})) == 0.5
    assert resemblance(runs(""), runs("")) == 0
