"""A year, end to end: figures in, days closed, the bonus drafted, approved by somebody else, paid,
explained to a person, recomputed by a stranger, and the year closed."""

import csv
import json
import subprocess
import sys
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from incentives.models import BonusRun
from ledger.models import Account
from ledger.services.checking import check_ledger
from people.models import User

pytestmark = pytest.mark.django_db

FILES = {
    "sites": """code,name,time_zone,country,subdivision,working_days
HQ,Head office,Europe/London,,,Mon-Fri
""",
    "departments": """code,name,parent,site
CLAIMS,Claims,,HQ
BILLING,Billing,,HQ
""",
    # Zoë came in the middle, Tom left on the way and is not marked as a good leaver.
    "employees": """number,name,email,department,hired_on,left_on,annual_salary,currency,fte,roles
001,Ann Hope,ann@example.org,CLAIMS,2020-01-01,,30000.00,GBP,1,
002,Zoë Łukasz,zoe@example.org,CLAIMS,2025-03-04,,60000.00,GBP,0.5,
003,Tom Gone,,BILLING,2020-01-01,2025-06-30,30000.00,GBP,1,
004,Fay Money,fay@example.org,BILLING,2020-01-01,,30000.00,GBP,1,finance
005,Eve Chief,eve@example.org,BILLING,2020-01-01,,30000.00,GBP,1,executive
""",
    "targets": """department,metric,metric_name,unit,direction,decimals,value,effective_from,"""
    """effective_until,reason
CLAIMS,answered,Calls answered,percent,at_least,1,80.0,2025-03-03,2025-03-05,start
BILLING,wait,Waiting time,minutes,at_most,1,5.0,2025-03-03,2025-03-05,start
""",
    # Monday and Tuesday hit, Wednesday does not.
    "results": """date,department,metric,value
2025-03-03,CLAIMS,answered,80.0
2025-03-03,BILLING,wait,4.5
2025-03-04,CLAIMS,answered,91.5
2025-03-04,BILLING,wait,5.0
2025-03-05,CLAIMS,answered,79.9
2025-03-05,BILLING,wait,4.0
""",
}


def run(*words) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def signed_in(client, login: str):
    client.force_login(User.objects.get(username=login))
    return client


def test_a_year_goes_from_a_figure_to_the_pay_slip(client, tmp_path):
    for kind, text in FILES.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        run(f"import_{kind}", path)
    run("set_pool_policy", "--pool", "bonus", "--from", "2025-01-01", "--currency", "GBP",
        "--contribution", "300.00", "--headline")  # fmt: skip
    run("close_day", "--from", "2025-03-03", "--through", "2025-03-05", "--final")

    # Monday's 300.00 belongs to Ann, Fay and Eve; Tuesday's to Zoë too, at 60,000 half-time.
    lines = list(csv.DictReader(run(
        "bonus_run", 2025, "--pool", "bonus", "--dry-run", "--format", "csv"
    ).splitlines()))  # fmt: skip
    assert {line["employee"]: (line["hit_days"], line["share_minor"]) for line in lines} == {
        "001": ("2", "17500"), "002": ("1", "7500"), "004": ("2", "17500"), "005": ("2", "17500"),
    }  # fmt: skip

    made = _drafted_by_finance(client)
    _approved_by_somebody_else(client, made)
    _explained_to_ann_alone(client, made)
    _recomputed_by_a_stranger(made, tmp_path)
    _paid_by_payroll(made, tmp_path)

    run("close_year", 2025, "--pool", "bonus", "--reason", "all is paid", "--by", "004")
    assert {account.code: account.balance() for account in Account.objects.all()} == {
        "company:bonus-expense": -60_000, "pool:bonus:2025": 0, "payout:bonus:2025": 0,
        "company:payroll": 60_000,
    }  # fmt: skip
    assert check_ledger().problems == []


def _drafted_by_finance(client) -> BonusRun:
    finance = signed_in(client, "004")
    page = finance.post("/bonus/runs/draft/", {"year": "bonus:2025"})
    seen = page.context["seen"]
    finance.post("/bonus/runs/draft/", {"year": "bonus:2025", "seen": seen})
    made = BonusRun.objects.live().get()
    finance.post(f"/bonus/runs/{made.pk}/propose/")
    made.refresh_from_db()
    assert made.state == "proposed"
    finance.post(f"/bonus/runs/{made.pk}/approve/", {"seen_sha256": made.content_sha256})
    made.refresh_from_db()
    assert made.state == "proposed", "who proposes does not approve"
    return made


def _approved_by_somebody_else(client, made: BonusRun) -> None:
    signed_in(client, "005").post(
        f"/bonus/runs/{made.pk}/approve/", {"seen_sha256": made.content_sha256}
    )
    made.refresh_from_db()
    assert made.state == "approved"


def _explained_to_ann_alone(client, made: BonusRun) -> None:
    ann = signed_in(client, "001")
    page = ann.get("/bonus/bonus/2025/").content.decode()
    assert "Brought to you by the customer" in page
    assert "GBP 175.00" in page
    for address in ("/days/2025-03-03/", "/days/2025-03-04/"):
        assert f'href="{address}' in page
        assert "Waiting time" in ann.get(address).content.decode()
    text = PdfReader(BytesIO(ann.get("/bonus/bonus/2025/statement.pdf").content)).pages[0]
    assert "GBP 175.00" in text.extract_text()
    assert ann.get(f"/bonus/runs/{made.pk}/people/002/").status_code == 403
    zoe = signed_in(client, "002").get("/bonus/bonus/2025/").content.decode()
    assert "GBP 75.00" in zoe
    assert "GBP 175.00" not in zoe


def _recomputed_by_a_stranger(made: BonusRun, tmp_path) -> None:
    run("bonus_replay", made.pk, "--output", tmp_path / "replay.json")
    script = [sys.executable, "-I", "docs/replay/replay.py", str(tmp_path / "replay.json")]
    said = subprocess.run(script, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "agrees to the penny" in said.stdout


def _paid_by_payroll(made: BonusRun, tmp_path) -> None:
    run("bonus_payroll", made.pk, "--output", tmp_path / "payroll.csv", "--by", "004")
    paid = ["number,amount,paid_on"]
    paid += [
        f"{number},{minor / 100:.2f},{timezone.localdate()}"
        for number, minor in made.shares.values_list("employee__number", "share_minor")
    ]
    path = tmp_path / "paid.csv"
    path.write_text("\n".join(paid) + "\n")
    for _twice in range(2):
        report = json.loads(run("import_payments", path, "--by", "004", "--format", "json"))
        assert report["errors"] == []
    made.refresh_from_db()
    assert made.state == "paid"
