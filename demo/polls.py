"""Polls in the demo company: a yearly one that was counted, shown and acted upon, and a short one
that is open. Answers are made up from a fixed seed and go the way of every ballot."""

import random
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from people.models import User
from surveys.models import Action, Theme, Wave, WaveItem
from surveys.rules.questionnaire import Kind
from surveys.services.acting import Focus, Plan, Progress, name_focus_area, plan_action, publish
from surveys.services.drafting import About, describe, name_holder
from surveys.services.launching import launch, take_half
from surveys.services.releasing import release, show
from surveys.services.sealing import seal
from surveys.services.starters import begin_from
from surveys.services.station import cast_ballot, claim_for

KEYS = "demo-poll.txt"
"""In the folder var: the codes of the open poll, which elsewhere are on two people's paper only."""
OPENED_BEFORE, OPEN_FOR = timedelta(days=80), timedelta(days=14)
YEARLY, PULSE = ("How is it going?", "近况如何？"), ("Three questions", "三个问题")
MOODS = {
    "engagement": 4.1, "work": 4.2, "team": 4.4, "manager": 4.0, "learning": 3.5, "resources": 3.4,
    "inclusion": 4.2, "pay": 3.1, "leadership": 3.4, "action": 2.9,
}  # fmt: skip
FEW = 5
"""Ballots of the last department, too few to be shown."""
COMMENTS = {
    "comment-keep": [
        "My team. Nobody is left alone with an angry passenger.",
        "Shifts are known three weeks ahead.",
        "We may decide at the desk and need not ask.", "同事之间互相帮助，遇到问题不推诿。",
        "The thank-you cards. Small, but they come from colleagues.",
    ],
    "comment-change": [
        "Recognise people more often than once a year.",
        "More training before the summer, not after.",
        "Tell us why a roster changes, not only that it does.", "The rebooking screen is too slow.",
        "希望领导多到一线看看，听听旅客怎么说。", "Answer what we said last time.",
        "Two more people at the gate in the evening.",
    ],
}  # fmt: skip


def hold_polls(yesterday: date) -> None:
    """Both polls; nothing when there are any."""
    if Wave.objects.exists():
        return
    opened = datetime.combine(yesterday, time(13), tzinfo=UTC) - OPENED_BEFORE
    yearly, codes = _launched("satisfaction", "yearly", YEARLY, opened)
    _answer(yearly, opened + timedelta(days=2))
    closed = opened + OPEN_FOR + timedelta(hours=1)
    seal(yearly, codes, by=_user("dee"), now=closed)
    release(yearly, by=_user("dee"), now=closed)
    show(yearly, by=_user("dee"), now=closed + timedelta(days=6))
    _act(yearly, closed + timedelta(days=10))
    now = datetime.combine(yesterday, time(13), tzinfo=UTC)
    _pulse, codes = _launched("pulse", "pulse", PULSE, now)
    (settings.VAR / KEYS).write_text("\n".join(codes))


def _launched(
    starter: str, code: str, names: tuple[str, str], opens: datetime
) -> tuple[Wave, tuple[str, str]]:
    """With HR's key and, for the staff, Ann's."""
    dee, ann = _user("dee"), _user("ann")
    name, chinese = names
    wave = begin_from(starter, code, name, by=dee, now=opens)
    about = About(
        name, {"zh-hans": chinese}, wave.intros, opens, opens + OPEN_FOR, wave.level,
        wave.fewest_scores,
        wave.fewest_comments, wave.fewest_rates,
    )  # fmt: skip
    describe(wave, about, by=dee)
    name_holder(wave, ann.employee, by=dee)
    codes = take_half(wave, by=dee), take_half(wave, by=ann)
    return launch(wave, by=dee, now=opens), codes


def _answer(wave: Wave, now: datetime) -> None:
    chance = random.Random(1995)  # noqa: S311
    items = list(wave.items.select_related("wording__question__theme"))
    invited = wave.invitations.select_related("employee", "cell").order_by("cell__number", "pk")
    cells = {cell: chance.gauss(0, 0.35) for cell in invited.values_list("cell", flat=True)}
    last, came = max(cells), 0
    for each in invited:
        if each.cell_id == last:
            came += 1
        if came > FEW or chance.random() < 0.16:
            continue
        answers = _answers(chance, items, cells[each.cell_id])
        cast_ballot(claim_for(wave, each.employee, now=now), answers, now=now)


def _answers(chance: random.Random, items: list[WaveItem], mood: float) -> dict[int, object]:
    """Of one person, more or less content than the department."""
    own = mood + chance.gauss(0, 0.5)
    answers: dict[int, object] = {}
    for item in items:
        question = item.wording.question
        if chance.random() < 0.03:
            continue
        if question.kind == Kind.AGREEMENT:
            wanted = MOODS[question.theme.code] + own + chance.gauss(0, 0.8)
            answers[item.number] = min(5, max(1, round(wanted)))
        elif question.kind == Kind.LIKELIHOOD:
            answers[item.number] = min(10, max(0, round(7.2 + 1.8 * own + chance.gauss(0, 1.6))))
        elif chance.random() < 0.2:
            answers[item.number] = chance.choice(COMMENTS[question.code])
    return answers


def _act(wave: Wave, now: datetime) -> None:
    """Two focus areas of the company, and what came of them."""
    dee, day = _user("dee"), now.date()
    learning = name_focus_area(
        wave,
        Focus("Training before it is needed", theme=Theme.objects.get(code="learning"),
              names={"zh-hans": "培训要赶在需要之前"}, why="Less than half call it enough."),
        by=dee, now=now,
    )  # fmt: skip
    told = name_focus_area(
        wave,
        Focus("Say why", theme=Theme.objects.get(code="leadership"),
              names={"zh-hans": "说明原因"}, why="Changes are told, reasons are not."),
        by=dee, now=now,
    )  # fmt: skip
    done = Progress(Action.State.DONE, "Rebooking is trained in March, before the summer.",
                    day + timedelta(days=20))  # fmt: skip
    later = now + timedelta(days=21)
    for area, said, due, progress, chinese in (
        (learning, "Training comes after the season in which we need it.", 30, done,
         {"said": "培训总在旺季之后才来。", "did": "改签培训提前到三月，赶在夏季之前。"}),
        (learning, "The rebooking screen is too slow.", 90,
         Progress(Action.State.BEGUN, "A quicker one is tried at two gates."),
         {"said": "改签界面太慢。", "did": "两个登机口正在试用更快的界面。"}),
        (told, "Rosters change and nobody says why.", 60,
         Progress(Action.State.BEGUN, "Each change carries its reason, in one line."),
         {"said": "排班一变再变，却没人说明原因。", "did": "每次调整都附上一句原因。"}),
    ):  # fmt: skip
        plan = Plan(said, _user("bob").employee, day + timedelta(days=due), progress,
                    {"zh-hans": chinese})  # fmt: skip
        publish(plan_action(area, plan, by=dee, now=later), is_published=True, by=dee, now=later)


def _user(name: str) -> User:
    return User.objects.get(username=name)
