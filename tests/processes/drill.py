"""Runs one drill in processes of its own against the database of DATABASE_URL; prints JSON.

`python -m tests.processes.drill NAME`: children are forked, so that a hundred of them cost
seconds and not minutes; each opens its own connection.
"""

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.db import OperationalError, transaction  # noqa: E402

from empowerment.models import Case, MomentOfTruth  # noqa: E402
from empowerment.services import accounting, asking  # noqa: E402
from empowerment.services.allowances import SpendingRefused  # noqa: E402
from empowerment.services.drawing import draw_reviews  # noqa: E402
from empowerment.services.giving_back import GivenBack, cancel, give_back  # noqa: E402
from empowerment.services.spending import BeyondLimits, Spend, spend  # noqa: E402
from incentives.models import BonusPayment, BonusRun, StatementBatch  # noqa: E402
from incentives.services import statement_batches, statement_files  # noqa: E402
from incentives.services.bonus_payments import PaymentLine, confirm_payments  # noqa: E402
from incentives.services.bonus_runs import approve  # noqa: E402
from incentives.services.closing import close_day  # noqa: E402
from incentives.services.eligibility import BonusRefused  # noqa: E402
from ledger.models import Transfer  # noqa: E402
from ledger.services.posting import LedgerRefusal, open_account, post  # noqa: E402
from people.checks import leave_no_connection  # noqa: E402
from people.models import AuditSeal, Employee, User  # noqa: E402
from people.services import audit, outbox  # noqa: E402
from people.services.audit_chain import verify  # noqa: E402
from people.services.retrying import DatabaseBusy  # noqa: E402
from recognition.models import (  # noqa: E402
    Award,
    AwardLevel,
    Behaviour,
    FairPlayCase,
    Nomination,
    Nominee,
)
from recognition.services import fair_play, telling  # noqa: E402
from recognition.services.awards import AwardRefused, raise_to, vote  # noqa: E402
from recognition.services.fair_play import FairPlayRefused  # noqa: E402
from recognition.services.nominating import (  # noqa: E402
    NominationRefused,
    Praise,
    nominate,
    withdraw,
)
from recognition.services.reward_files import ExportRefused, export_rewards  # noqa: E402
from surveys.models import AnswerCount, BallotInbox, Wave  # noqa: E402
from surveys.services.sealing import seal  # noqa: E402
from surveys.services.station import (  # noqa: E402
    Credential,
    StationRefused,
    cast_ballot,
    claim,
)

STORY = "She called the customer back after hours, and the parcel was found."
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child that does `work` with a pipe to tell what it has done; (pid, reading end)."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    os.close(read)
    code = 1
    try:
        work(write)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def say(pipe: int, text: str) -> None:
    os.write(pipe, f"{text}\n".encode())


def heard(read: int) -> list[str]:
    """All whole lines a child has told."""
    content = b""
    while chunk := os.read(read, 65536):
        content += chunk
    os.close(read)
    return [line.decode() for line in content.split(b"\n")[:-1]]


def all_of(works: list[Callable[[int], None]]) -> list[list[str]]:
    leave_no_connection()
    children = [forked(work) for work in works]
    lines = [heard(read) for _pid, read in children]
    for pid, _read in children:
        _pid, status = os.waitpid(pid, 0)
        assert status == 0, f"a child ended with {status}"
    return lines


def floor() -> dict:
    """16 processes take 10 out of 1,000, 20 times each."""
    by = User.objects.system()
    company = open_account("company", currency="GBP")
    budget = open_account("budget", currency="GBP", floored=True)
    post(key="fill", from_account=company, to_account=budget, amount_minor=1000, why="x", by=by)

    def spend(number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            for turn in range(20):
                try:
                    post(key=f"{number}-{turn}", from_account=budget, to_account=company,
                         amount_minor=10, why="x", by=by)  # fmt: skip
                except LedgerRefusal:
                    say(pipe, "refused")
                else:
                    say(pipe, "spent")

        return work

    lines = [line for lines in all_of([spend(n) for n in range(16)]) for line in lines]
    budget.refresh_from_db()
    return {
        "spent": lines.count("spent"), "refused": lines.count("refused"),
        "balance": budget.balance_minor, "sum": budget.balance(),
    }  # fmt: skip


def run_due_at_once() -> dict:
    """6 machines whose timers go off in the same second, twice."""

    def machine(_number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            for _turn in range(2):
                try:
                    call_command("run_due", stdout=StringIO())
                except CommandError as refused:
                    say(pipe, str(refused))
                else:
                    say(pipe, "done")

        return work

    return {"said": [line for lines in all_of([machine(n) for n in range(6)]) for line in lines]}


def crossing() -> dict:
    """8 processes move money both ways between two accounts: the order of locks must hold."""
    by = User.objects.system()
    one = open_account("one", currency="GBP")
    two = open_account("two", currency="GBP")

    def swap(number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            ends = (one, two) if number % 2 else (two, one)
            for turn in range(25):
                post(key=f"{number}-{turn}", from_account=ends[0], to_account=ends[1],
                     amount_minor=1, why="x", by=by)  # fmt: skip
                say(pipe, "moved")

        return work

    lines = all_of([swap(n) for n in range(8)])
    return {"moved": sum(map(len, lines)), "balance": one.balance()}


def same_keys() -> dict:
    """40 keys, each posted by 16 processes: 640 tries, 40 effects."""
    by = User.objects.system()
    one = open_account("one", currency="GBP")
    two = open_account("two", currency="GBP", floored=True)

    def repeat(number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            keys = list(range(40))
            random.Random(number).shuffle(keys)
            for key in keys:
                post(
                    key=f"key{key}",
                    from_account=one,
                    to_account=two,
                    amount_minor=5,
                    why="x",
                    by=by,
                )
                say(pipe, "ok")

        return work

    lines = all_of([repeat(n) for n in range(16)])
    two.refresh_from_db()
    return {
        "tries": sum(map(len, lines)), "effects": Transfer.objects.count(),
        "balance": two.balance_minor,
    }  # fmt: skip


def close_at_once() -> dict:
    """Five processes close the same days at the same time."""
    by = User.objects.system()
    days = [date(2026, 3, d) for d in (2, 3, 4, 5, 6)]

    def close(pipe: int) -> None:
        for day in days:
            [verdict] = close_day(day, by=by, now=LATER, final=True)
            say(pipe, f"{day} {verdict.pk} {verdict.contribution_minor}")

    lines = all_of([close] * 5)
    return {"lines": lines}


KILLS = 104
AT_ONCE = 8


def kill_writers() -> dict:
    """Writers are killed with SIGKILL while they post and close; what they told must be there."""
    by = User.objects.system()
    company = open_account("company", currency="GBP")
    budget = open_account("budget", currency="GBP", floored=True)
    random.seed(95)
    told: list[str] = []
    killed = 0
    while killed < KILLS:
        leave_no_connection()
        wave = [forked(_posting(killed + n, company, budget, by)) for n in range(AT_ONCE)]
        for pid, read in wave:
            select.select([read], [], [], 20)
            time.sleep(random.uniform(0, 0.03))
            os.kill(pid, signal.SIGKILL)
            _pid, status = os.waitpid(pid, 0)
            killed += os.WIFSIGNALED(status)
            told += heard(read)
    present = set(Transfer.objects.values_list("key", flat=True))
    budget.refresh_from_db()
    return {
        "killed": killed, "told": len(told), "lost": sorted(set(told) - present)[:5],
        "balance": budget.balance_minor, "sum": budget.balance(),
    }  # fmt: skip


def _posting(number: int, company, budget, by) -> Callable[[int], None]:
    def work(pipe: int) -> None:
        turn = 0
        while True:
            key = f"{number}-{turn}"
            try:
                post(
                    key=key, from_account=company, to_account=budget, amount_minor=1, why="x", by=by
                )
            except (OperationalError, DatabaseBusy):
                continue
            say(pipe, key)
            turn += 1

    return work


def kill_closers() -> dict:
    """A process that closes day after day is killed again and again, and begins again each time."""
    by = User.objects.system()
    days = [date(2026, 1, 1).replace(month=m, day=d) for m in range(1, 7) for d in range(1, 29)]
    told: set[str] = set()
    killed = 0
    random.seed(95)

    def close(pipe: int) -> None:
        for day in days:
            if str(day) not in told:
                close_day(day, by=by, now=LATER, final=True)
                say(pipe, str(day))

    while len(told) < len(days):
        leave_no_connection()
        pid, read = forked(close)
        select.select([read], [], [], 20)
        time.sleep(random.uniform(0, 0.02))
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        told.update(heard(read))
    return {"killed": killed, "days": len(told)}


def _approval(run: BonusRun, login: str) -> Callable[[int], None]:
    def work(pipe: int) -> None:
        by = User.objects.get(username=login)
        try:
            approve(run, seen_sha256=run.content_sha256, by=by, now=LATER)
        except BonusRefused:
            say(pipe, "refused")
        else:
            say(pipe, "approved")

    return work


def approve_at_once() -> dict:
    """Six people approve one bonus run in the same moment."""
    run = BonusRun.objects.get(state="proposed")
    lines = all_of([_approval(run, f"approver{n}") for n in range(6)])
    return {"said": sorted(line for lines_of_one in lines for line in lines_of_one)}


def a_little_more(patience: float) -> float:
    """By 3 ms at first, then by a tenth: a machine ten times slower takes 25 kills more, and with
    equal steps it would take a hundred times as long."""
    return patience + max(0.003, patience / 10)


def kill_approvers() -> dict:
    """An approval is killed again and again, ever later on its way, until one gets through."""
    run = BonusRun.objects.get(state="proposed")
    killed, patience, half = 0, 0.0, []
    while True:
        leave_no_connection()
        pid, read = forked(_approval(run, "approver0"))
        told = select.select([read], [], [], patience)[0]
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        os.close(read)
        moved = Transfer.objects.filter(key__startswith="bonus:").count()
        state = BonusRun.objects.get(pk=run.pk).state
        half += [(state, moved)] if (state == "approved") != (moved == run.employees) else []
        if told or state == "approved":
            return {"killed": killed, "half": half, "moved": moved}
        patience = a_little_more(patience)


def _confirmation(run: BonusRun) -> Callable[[int], None]:
    """By Fay, of every share; what payroll sends a second time it sends as a whole."""
    now = run.approved_at + timedelta(days=10)
    shares = run.shares.order_by("position").values_list("employee__number", "share_minor")
    payments = [
        PaymentLine(line, number, amount, now.date())
        for line, (number, amount) in enumerate(shares, 2)
    ]

    def work(pipe: int) -> None:
        by = User.objects.get(username="fay")
        outcome = confirm_payments(run, payments, by=by, now=now)
        say(pipe, f"{len(outcome.new)} {outcome.known} {outcome.left}")

    return work


def confirm_at_once() -> dict:
    """The same confirmation of payroll is imported four times in the same moment."""
    run = BonusRun.objects.get(state="approved")
    work = _confirmation(run)
    return {"said": sorted(line for lines in all_of([work] * 4) for line in lines)}


def kill_confirmers() -> dict:
    """A confirmation is killed again and again, ever later on its way, until one gets through."""
    run = BonusRun.objects.get(state="approved")
    work = _confirmation(run)
    killed, patience, seen = 0, 0.0, set()
    while True:
        leave_no_connection()
        pid, read = forked(work)
        told = select.select([read], [], [], patience)[0]
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        os.close(read)
        run.refresh_from_db()
        paid = Transfer.objects.filter(key__endswith=":paid").count()
        seen.add((run.state, BonusPayment.objects.count(), paid))
        if told or run.state == "paid":
            return {"killed": killed, "seen": sorted(seen)}
        patience = a_little_more(patience)


def log_at_once() -> dict:
    """Eight processes log and seal at the same time: one chain, no fork, nothing twice."""
    by = User.objects.system()

    def log(pipe: int) -> None:
        for turn in range(25):
            with transaction.atomic():
                audit.record("act", by=by, subject=str(turn))

    all_of([log] * 8)
    report = verify()
    return {"entries": report.entries, "faults": report.faults, "sealed": _sealed()}


def _sealed() -> int:
    """Ids in all links, counted as often as they are there."""
    ranges = AuditSeal.objects.values_list("ranges", flat=True)
    return sum(last - first + 1 for spans in ranges for first, last in spans)


def kill_loggers() -> dict:
    """Processes are killed between the commit and the seal, or anywhere around it."""
    by = User.objects.system()
    random.seed(95)
    killed = 0

    def log(pipe: int) -> None:
        while True:
            with transaction.atomic():
                audit.record("act", by=by, subject="x")
            say(pipe, "logged")

    while killed < 32:
        leave_no_connection()
        wave = [forked(log) for _n in range(4)]
        for pid, read in wave:
            select.select([read], [], [], 20)
            time.sleep(random.uniform(0, 0.03))
            os.kill(pid, signal.SIGKILL)
            _pid, status = os.waitpid(pid, 0)
            killed += os.WIFSIGNALED(status)
            os.close(read)
    report = verify()
    return {
        "killed": killed, "faults": report.faults, "unsealed": report.entries - _sealed(),
    }  # fmt: skip


def make_statements_at_once() -> dict:
    """Three workers share the portions of a batch."""
    batch = StatementBatch.objects.get()

    def work(pipe: int) -> None:
        while not StatementBatch.objects.filter(pk=batch.pk, finished_at__isnull=False).exists():
            portion = statement_batches.make_a_portion(batch.pk)
            if portion:
                say(pipe, str(portion.number))

    lines = all_of([work] * 3)
    return {"made": sorted(int(number) for each in lines for number in each)}


def kill_makers_of_statements() -> dict:
    """Workers are killed while they make statements; what they had taken is taken over."""
    batch = StatementBatch.objects.get()
    statement_batches.TAKEN_FOR = timedelta(seconds=-1)
    random.seed(95)
    killed = 0

    def work(pipe: int) -> None:
        say(pipe, "here")
        while statement_batches.make_a_portion(batch.pk):
            pass

    while StatementBatch.objects.filter(pk=batch.pk, finished_at=None).exists():
        leave_no_connection()
        pid, read = forked(work)
        select.select([read], [], [], 20)
        # Longer each time: on a busy machine a portion may take seconds.
        time.sleep(random.uniform(0, 0.2 * (killed + 1)))
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        os.close(read)
    return {"killed": killed}


def nominate_at_once() -> dict:
    """16 processes of one giver: each sends the same form, and then two of its own for one of four
    colleagues."""
    by = User.objects.get(username="giver")
    behaviour = Behaviour.objects.get()
    colleagues = list(Employee.objects.filter(number__startswith="c").order_by("pk"))
    shared, now = uuid4(), datetime(2026, 3, 3, 12, tzinfo=UTC)

    def send(number: int) -> Callable[[int], None]:
        whom = colleagues[number % len(colleagues)]

        def work(pipe: int) -> None:
            for key, nominee in ((shared, colleagues[0]), (uuid4(), whom), (uuid4(), whom)):
                told = Praise(key, (nominee,), STORY, behaviour, date(2026, 3, 2))
                try:
                    say(pipe, f"{nominate(told, by=by, now=now).pk} {key == shared}")
                except NominationRefused:
                    say(pipe, "refused")

        return work

    lines = [line for lines in all_of([send(n) for n in range(16)]) for line in lines]
    return {
        "shared": sorted({line for line in lines if line.endswith("True")}),
        "published": len({line for line in lines if line != "refused"}),
        "refused": lines.count("refused"),
        "pairs": sorted(
            Counter(Nominee.objects.values_list("employee__number", flat=True)).items()
        ),
    }


def _fair_play_at_once(acts: list[Callable[..., object]]) -> dict:
    """Each in a process of its own, with the case, if there is one, and the user of its number."""
    case, now = FairPlayCase.objects.first(), datetime(2026, 3, 3, 12, tzinfo=UTC)
    users = list(User.objects.filter(username__startswith="f").order_by("pk"))

    def attempt(number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            try:
                acts[number](case, users[number], now)
            except FairPlayRefused:
                say(pipe, "refused")
            else:
                say(pipe, "done")

        return work

    lines = [line for [line] in all_of([attempt(n) for n in range(len(acts))])]
    return {"done": lines.count("done"), "refused": lines.count("refused")}


def report_at_once() -> dict:
    """16 colleagues doubt one nomination."""
    doubted = Nomination.objects.get()
    return _fair_play_at_once(
        [lambda _c, by, now: fair_play.report(doubted, reason="x", by=by, now=now)] * 16
    )


def remove_at_once() -> dict:
    """Eight of HR remove one praise."""
    return _fair_play_at_once(
        [lambda case, by, now: fair_play.remove(case, reason="x", by=by, now=now)] * 8
    )


def appeal_at_once() -> dict:
    """Eight concerned appeal against one removal."""
    return _fair_play_at_once(
        [lambda case, by, now: fair_play.appeal(case, reason="x", by=by, now=now)] * 8
    )


def tell_at_once() -> dict:
    """Four processes tell of what waits at the same time."""
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    lines = all_of([lambda pipe: say(pipe, str(telling.tell_waiting(now=now)))] * 4)
    return {"told": sum(int(line) for [line] in lines)}


def write_statements() -> dict:
    """Says when the first file is there, for who kills it then."""
    run, folder = BonusRun.objects.live().get(), Path(os.environ["FOLDER"])

    def said(done: int, _total: int) -> None:
        if "PAUSE" in os.environ:
            print(done, flush=True)
            time.sleep(60)

    written = statement_files.write_statements(run, folder, by=User.objects.system(), progress=said)
    return {"statements": written.statements}


def send_mails() -> dict:
    return {"sent": outbox.send_waiting()}


def send_mails_at_once() -> dict:
    """Four processes send what waits at the same time."""
    lines = all_of([lambda pipe: say(pipe, str(outbox.send_waiting()))] * 4)
    return {"sent": sum(int(line) for [line] in lines)}


def stop_before_claiming() -> dict:
    """Has looked at what waits and spoken to the server; killed there by who started it."""

    def stop(_mail_id: int) -> None:
        print("here", flush=True)
        time.sleep(60)

    outbox._claim = stop
    return send_mails()


NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _raising(nomination: Nomination) -> Callable[[int], None]:
    def work(pipe: int) -> None:
        level, by = AwardLevel.objects.get(code="spot"), User.objects.get(username="bob")
        try:
            raise_to(nomination, level, reason="x", by=by, now=NOON)
        except AwardRefused:
            say(pipe, "refused")
        else:
            say(pipe, "granted")

    return work


def _voting(login: str) -> Callable[[int], None]:
    def work(pipe: int) -> None:
        by = User.objects.get(username=login)
        try:
            say(pipe, vote(Award.objects.get(), "yes", by=by, now=NOON).state)
        except AwardRefused:
            say(pipe, "refused")

    return work


def _withdrawing(nomination: Nomination) -> Callable[[int], None]:
    def work(pipe: int) -> None:
        withdraw(nomination, by=nomination.giver.user, now=NOON)
        say(pipe, "withdrawn")

    return work


def _exporting(pipe: int) -> None:
    by = User.objects.get(username="fay")
    try:
        say(pipe, f"file of {export_rewards(currency='GBP', by=by, now=NOON).lines.count()}")
    except ExportRefused:
        say(pipe, "refused")


def _said(works: list[Callable[[int], None]]) -> dict:
    return {"said": sorted(line for lines in all_of(works) for line in lines)}


def raise_at_once() -> dict:
    """16 processes raise the same praise."""
    return _said([_raising(Nomination.objects.get())] * 16)


def raise_each_at_once() -> dict:
    """Each nomination is raised by a process of its own."""
    return _said([_raising(each) for each in Nomination.objects.order_by("pk")])


def vote_at_once() -> dict:
    """Two members vote in the same moment, each four times."""
    return _said([_voting("root"), _voting("eve")] * 4)


def withdraw_while_raising() -> dict:
    """Each nomination is raised and withdrawn at the same time."""
    found = list(Nomination.objects.select_related("giver__user").order_by("pk"))
    return _said([work(each) for each in found for work in (_raising, _withdrawing)])


def withdraw_while_voting() -> dict:
    """The vote that grants and the giver who takes it back."""
    nomination = Nomination.objects.select_related("giver__user").get()
    return _said([_voting("root"), _voting("eve"), _withdrawing(nomination)])


def export_at_once() -> dict:
    """16 processes make the next file for payroll while praise is withdrawn."""
    last = Nomination.objects.select_related("giver__user").order_by("pk").last()
    return _said([*[_exporting] * 16, _withdrawing(last)])


SPENDERS = 16
EACH_KEY = 2
"""By how many processes each form is sent."""


def wanted_by_number(number: int) -> tuple[str, Spend]:
    """Form `number` of a drill, the same in every process: who sends it, and what."""
    chance = random.Random(number)
    people = list(User.objects.filter(username__startswith="spender").order_by("username"))
    who = people[number % len(people)]
    hot = chance.random() < 0.5
    customer = f"hot {chance.randrange(5)}" if hot else f"warm {chance.randrange(60)}"
    wanted = Spend(
        UUID(int=number + 1), customer, MomentOfTruth.objects.get(), chance.randrange(1, 1000),
        "GBP", reason="waited",
    )  # fmt: skip
    return who.username, wanted


def spend_at_once() -> dict:
    """ATTEMPTS of 16 processes, each form sent by two of them; with RETURNS a part of what was
    spent comes back on the way, each return sent twice as well."""
    keys = int(os.environ["ATTEMPTS"]) // EACH_KEY
    returns = "RETURNS" in os.environ
    users = {user.username: user for user in User.objects.all()}
    forms = [wanted_by_number(number) for number in range(keys)]

    def work_of(process: int) -> Callable[[int], None]:
        teams = SPENDERS // EACH_KEY

        def work(pipe: int) -> None:
            for number in range(process % teams, keys, teams):
                who, wanted = forms[number]
                try:
                    case = spend(wanted, by=users[who], now=NOON)
                except BeyondLimits as beyond:
                    say(pipe, f"{number} " + ",".join(each.measure for each in beyond.broken))
                    continue
                say(pipe, f"{number} approved {case.pk}")
                if returns:
                    _some_back(case, number, by=users[who])

        return work

    began = time.monotonic()
    lines = [line for lines in all_of([work_of(n) for n in range(SPENDERS)]) for line in lines]
    sent = [[who, each.reference, each.amount_minor] for who, each in forms]
    return {"said": lines, "sent": sent, "seconds": time.monotonic() - began}


def _some_back(case: Case, number: int, *, by: User) -> None:
    """Of a form in four a part, of one in eight all, whoever of two senders is first."""
    back = GivenBack(UUID(int=(1 << 64) + number), 1 + case.amount_minor // 3, "found")
    for _twice in range(2):
        try:
            if number % 4 == 0:
                give_back(case, back, by=by, now=NOON)
            elif number % 8 == 1:
                cancel(case, back, by=by, now=NOON)
        except SpendingRefused:
            raise AssertionError(f"{number}: what came back was refused") from None


def decide_at_once() -> dict:
    """Of 16 some approve, some decline, the asker takes it back and the clock passes it on."""
    case, now = Case.objects.get(), NOON + timedelta(days=1)
    leads = list(User.objects.filter(username__startswith="decider").order_by("pk"))

    def work_of(process: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            by = leads[process]
            try:
                if process % 4 == 0:
                    asking.withdraw(case, by=case.employee.user, now=now)
                elif process % 4 == 1:
                    asking.pass_on(now=now, by=by)
                else:
                    approve = process % 4 == 2
                    asking.decide(case, approve=approve, reason="x", by=by, now=now)
            except SpendingRefused:
                say(pipe, "refused")
            else:
                said = ("withdrawn", "passed on", "approved", "declined")
                say(pipe, said[process % 4])

        return work

    return _said([work_of(n) for n in range(16)])


def kill_spenders() -> dict:
    """Writers are killed with SIGKILL while they spend and give back; what they told is there."""
    users = {user.username: user for user in User.objects.all()}
    random.seed(95)
    told: list[str] = []
    killed = number = 0

    def spending(first: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            for place in range(first, first + 500):
                who, wanted = wanted_by_number(place)
                try:
                    case = spend(wanted, by=users[who], now=NOON)
                    _some_back(case, place, by=users[who])
                except (OperationalError, DatabaseBusy):
                    continue
                say(pipe, str(wanted.key))

        return work

    while killed < 32:
        leave_no_connection()
        wave = [forked(spending(number + 500 * n)) for n in range(8)]
        number += 4000
        for pid, read in wave:
            select.select([read], [], [], 20)
            time.sleep(random.uniform(0, 0.05))
            os.kill(pid, signal.SIGKILL)
            _pid, status = os.waitpid(pid, 0)
            killed += os.WIFSIGNALED(status)
            told += heard(read)
    present = {str(key) for key in Case.objects.values_list("key", flat=True)}
    return {"killed": killed, "told": len(told), "lost": sorted(set(told) - present)}


def export_cases_at_once() -> dict:
    """16 processes make the next file for accounting."""

    def work(pipe: int) -> None:
        by = User.objects.get(username="fay")
        try:
            made = accounting.export_cases(currency="GBP", through=NOON.date(), by=by, now=NOON)
            say(pipe, f"file of {made.lines.count()}")
        except accounting.ExportRefused:
            say(pipe, "refused")

    return _said([work] * 16)


def draw_at_once() -> dict:
    """16 processes draw the cases to be looked at, of the same days."""

    def drawing(pipe: int) -> None:
        by = User.objects.system()
        say(pipe, str(draw_reviews(by=by, now=NOON + timedelta(days=7))))

    lines = all_of([drawing] * 16)
    return {"drawn": sum(int(line) for lines_of_one in lines for line in lines_of_one)}


def claim_ballot_at_once() -> dict:
    """Eight processes ask for the ballot of one person in the same moment."""
    wave, by = Wave.objects.get(), User.objects.get(username="ann")

    def work(pipe: int) -> None:
        try:
            say(pipe, str(claim(wave, by=by, now=wave.opens_at)))
        except StationRefused:
            say(pipe, "refused")

    return {"said": [line for lines in all_of([work] * 8) for line in lines]}


def cast_at_once() -> dict:
    """16 processes cast one credential, each with another answer, three times."""
    wave = Wave.objects.get()
    credential = Credential.read(os.environ["CREDENTIAL"])

    def casting(number: int) -> Callable[[int], None]:
        def work(pipe: int) -> None:
            for _turn in range(3):
                say(pipe, cast_ballot(credential, {1: 1 + number % 5}, now=wave.opens_at))

        return work

    return {"said": [line for lines in all_of([casting(n) for n in range(16)]) for line in lines]}


def kill_sealers() -> dict:
    """The seal is killed again and again, ever later on its way, until one gets through."""
    wave, codes = Wave.objects.get(), os.environ["CODES"].split()
    ballots = BallotInbox.objects.count()
    killed, patience, half = 0, 0.0, []

    def work(pipe: int) -> None:
        by = User.objects.get(username="dee")
        say(pipe, str(seal(wave, (codes[0], codes[1]), by=by, now=wave.closes_at)))

    while True:
        leave_no_connection()
        pid, read = forked(work)
        told = select.select([read], [], [], patience)[0]
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        killed += os.WIFSIGNALED(status)
        os.close(read)
        found = (Wave.objects.get().state, BallotInbox.objects.count(), _kept_of_ballots())
        if found != ("open", ballots, 0) and found[:2] != ("sealed", 0):
            half.append(found)
        if told or found[0] == "sealed":
            return {"killed": killed, "half": half, "kept": found[2]}
        patience = a_little_more(patience)


def _kept_of_ballots() -> int:
    return AnswerCount.objects.count()


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
