"""One day, end to end: files in, verdict, money, results page, screen, and a public correction."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from incentives.models import Pool
from incentives.services.closing import pool_balance
from ledger.services.checking import check_ledger
from people.models import User
from screens.services import standing

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
FILES = {
    "sites": """code,name,time_zone,country,subdivision,working_days
HQ,Head office,Europe/London,GB,,Mon-Fri
""",
    "departments": """code,name,parent,site
CLAIMS,Claims,,HQ
BILLING,Billing,,HQ
""",
    "employees": """number,name,email,department,hired_on,annual_salary,currency,roles
1,Bob Lead,bob@example.org,CLAIMS,2020-01-01,30000.00,GBP,lead
2,Dee Hr,dee@example.org,BILLING,2020-01-01,30000.00,GBP,hr
3,Fay Money,fay@example.org,BILLING,2020-01-01,30000.00,GBP,finance
""",
    "targets": """department,metric,metric_name,unit,direction,decimals,value,effective_from,reason
CLAIMS,answered,Calls answered,percent,at_least,1,80.0,2026-01-01,start
BILLING,wait,Waiting time,minutes,at_most,1,5.0,2026-01-01,start
""",
    "results": """date,department,metric,value
2026-03-02,CLAIMS,answered,80.0
2026-03-02,BILLING,wait,4.5
""",
}


def run(*words) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def page_of(client, name: str) -> str:
    client.force_login(User.objects.get(username=name))
    return client.get(f"/results/{MONDAY}/").content.decode()


def on_the_wall(client) -> str:
    """What the screen's board says, asked of a server that has just started."""
    standing.forget()
    manifest = client.get("/screen/manifest.json").json()
    slides = client.get(f"/screen/snapshot/{manifest['snapshot']}.json").json()["slides"]
    return next(slide["html"] for slide in slides if slide["kind"] == "board")


def test_a_day_goes_from_a_figure_to_the_screen_and_is_corrected_in_public(client, tmp_path):
    for kind, text in FILES.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        run(f"import_{kind}", path)
    run("set_pool_policy", "--pool", "bonus", "--from", "2026-01-01", "--currency", "GBP",
        "--contribution", "250.00", "--headline")  # fmt: skip

    line = json.loads(run("close_day", "--date", MONDAY, "--format", "json"))
    assert (line["met"], line["hit"], line["contribution_minor"]) == (2, True, 25_000)
    assert "2 of 2 goals met, 2 needed." in page_of(client, "1")
    wall = Client()
    run("pair_screen", wall.post("/screen/code/").json()["code"], "Lobby")
    assert wall.get("/screen/secret/").status_code == 200
    assert "2 of 2 goals met, 2 needed" in on_the_wall(wall)

    correct = ("restate", MONDAY, "--department", "CLAIMS", "--metric", "answered", "--value",
               "71.0", "--reason", "counted twice", "--by", "2", "--format", "json")  # fmt: skip
    assert json.loads(run(*correct, "--dry-run"))["status"] == "preview"
    assert json.loads(run(*correct, "--approved-by", "3"))["status"] == "applied"
    run("close_day", "--date", MONDAY)
    assert "Corrected, was 100.0%" in on_the_wall(wall)
    # The days since then are posted too, and the newest is on the wall.
    run("run_due")
    assert "Corrected" not in on_the_wall(wall)

    shown = page_of(client, "1")
    assert "corrected, was 100.0%" in shown
    assert "counted twice" in shown
    assert pool_balance(Pool.objects.get(), through=MONDAY) == 0
    # Days since then have goals due and were closed by run_due; nothing is wrong with the money.
    assert [p for p in check_ledger().problems if "close_day" not in p] == []
