"""Card statements, as a council published them: each line counts once, in whatever file it is."""

import csv
import io
import json
import random
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from empowerment.models import CardLine, CardStatement
from empowerment.rules.card_lines import Kind, kind_of, new_among
from empowerment.services.card_months import card_months
from people.models import AuditEntry
from people.services.importing import ImportRefused, Options, Report, run_import

FILES = Path("tests/files/oxford-cards")
STATEMENTS = sorted(FILES.glob("procurement-*.csv"))
HEADER = "Date,Reference,Value,Merchant,Transaction description"


def imported(content: bytes | str, *, by, name: str = "cards.csv", **more) -> Report:
    options = Options(currency="GBP", **{key: more[key] for key in more if key != "dry_run"})
    content = content.encode() if isinstance(content, str) else content
    dry_run = more.get("dry_run", False)
    return run_import("card-lines", content, filename=name, options=options, by=by, dry_run=dry_run)


def problems(content: bytes | str, *, by, **more) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        imported(content, by=by, **more)
    assert not CardLine.objects.exists()
    return [str(problem) for problem in refused.value.problems]


def lines(*rows: str) -> str:
    return "\n".join([HEADER, *rows])


def expected_months() -> list[dict[str, str]]:
    return list(csv.DictReader((FILES / "expected-by-month.csv").open()))


def found_months() -> list[dict[str, str]]:
    def major(amount_minor: int) -> str:
        return str(Decimal(amount_minor).scaleb(-2))

    return [
        {
            "month": f"{each.month:%Y-%m}", "lines": str(each.lines),
            "settlement_lines": str(each.settlement_lines),
            "total_all_lines": major(each.total_minor), "purchases": str(each.purchases),
            "total_purchases_net": major(each.net_minor), "refunds": str(each.refunds),
            "at_or_under_25": str(each.small), "over_250": str(each.large),
        }
        for each in sorted(card_months(), key=lambda each: each.month)
    ]  # fmt: skip


@pytest.fixture
def all_imported(system) -> list[Report]:
    return [imported(path.read_bytes(), by=system, name=path.name) for path in STATEMENTS]


def test_the_published_files_give_the_figures_counted_by_other_means(all_imported):
    assert [report.created for report in all_imported] == [653, 278, 1141, 284]
    assert found_months() == expected_months()
    assert CardLine.objects.count() == 2356


def test_the_same_files_again_change_nothing(all_imported, system):
    entries = AuditEntry.objects.count()
    again = [imported(path.read_bytes(), by=system, name="renamed.csv") for path in STATEMENTS]
    assert [(report.created, report.unchanged) for report in again] == [
        (0, 653), (0, 278), (0, 1141), (0, 284),
    ]  # fmt: skip
    assert (CardStatement.objects.count(), AuditEntry.objects.count()) == (4, entries)


def test_true_repeats_are_kept(all_imported):
    said = CardLine.objects.values_list("date", "merchant", "amount_minor")
    alike = Counter((day, merchant.casefold(), amount) for day, merchant, amount in said)
    assert sum(n - 1 for n in alike.values()) == repeats_in_files()


def repeats_in_files() -> int:
    alike: Counter = Counter()
    for path in STATEMENTS:
        for row in csv.DictReader(path.open()):
            cells = {name.rpartition(".")[2]: text for name, text in row.items()}
            day = cells.get("Date") or cells["TRANSACTION DATE"]
            merchant = cells.get("Merchant", cells.get("MERCHANT NAME"))
            amount = (cells.get("Value") or cells["TRANSACTION AMOUNT"]).replace(",", "")
            alike[day, " ".join(merchant.casefold().split()), Decimal(amount)] += 1
    return sum(n - 1 for n in alike.values())


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem[-12:])
def test_overlapping_cuts_of_a_file_count_each_line_once(path, system):
    header, *rows = path.read_text().splitlines()
    days = [day_of(row) for row in rows]
    ordered = [row for _day, row in sorted(zip(days, rows, strict=True), key=lambda pair: pair[0])]
    # Statements are cut between days, as issuers do it.
    at = [random.Random(cut).randrange(len(rows)) for cut in range(6)]
    for one, other in pairwise(at):
        first, last = day_of(ordered[min(one, other)]), day_of(ordered[max(one, other)])
        cut = [row for row in ordered if first <= day_of(row) <= last]
        imported("\n".join([header, *cut]), by=system, date_order="dmy")
    imported(path.read_bytes(), by=system)
    whole = Counter(CardLine.objects.values_list("date", "merchant", "reference", "amount_minor"))
    assert sum(whole.values()) == len(rows)
    assert Counter(days) == Counter(CardLine.objects.values_list("date", flat=True))


def day_of(row: str) -> date:
    day, month, year = row.split(",", 1)[0].split("/")
    return date(int(year), int(month), int(day))


def test_a_statement_in_its_other_layout_counts_no_line_again(system):
    first = "\n".join((FILES / STATEMENTS[2].name).read_text().splitlines()[:200])
    created = imported(first, by=system).created
    rows = csv.DictReader(io.StringIO(first))
    other = io.StringIO()
    writer = csv.writer(other)
    writer.writerow(["FIN.TRANSACTION DATE", "MCH.MERCHANT NAME", "FIN.TRANSACTION AMOUNT"])
    writer.writerows([row["Date"], row["Merchant"].upper(), row["Value"]] for row in rows)
    again = imported(other.getvalue(), by=system)
    assert (created, again.created, again.unchanged) == (199, 0, 199)


def test_references_tell_lines_apart_that_say_the_same(system):
    imported(lines("13/01/2026,r1,5.00,Cafe,x", "13/01/2026,r2,5.00,Cafe,x"), by=system)
    second = imported(lines("13/01/2026,r2,5.00,Cafe,x", "13/01/2026,r3,5.00,Cafe,x"), by=system)
    assert (second.created, second.unchanged) == (1, 1)
    assert sorted(CardLine.objects.values_list("reference", flat=True)) == ["r1", "r2", "r3"]


REFERENCES = st.lists(st.sampled_from(["", "", "a", "b"]), max_size=6)


@given(REFERENCES, REFERENCES)
def test_a_file_adds_what_is_missing_and_nothing_twice(file: list[str], known: list[str]) -> None:
    new = new_among(file, known)
    then = [*known, *(file[place] for place in new)]
    assert new_among(file, then) == []
    assert len(then) >= max(len(file), len(known))
    if not any(file) and not any(known):
        assert len(then) == max(len(file), len(known))


@pytest.mark.parametrize(
    ("merchant", "amount", "description", "kind"),
    [
        ("Cafe", 500, "", Kind.PURCHASE), ("Cafe", -500, "", Kind.REFUND),
        ("", 500, "", Kind.PURCHASE), ("", -500, "", Kind.SETTLEMENT),
        ("PAYMENT RECEIVED - THANK YOU", -500, "", Kind.SETTLEMENT),
        ("Payment Systems Ltd", -500, "", Kind.REFUND),
        ("Bank", -500, "Lastschrifteinzug", Kind.SETTLEMENT),
        ("", 500, "balance was adjusted", Kind.ADJUSTMENT),
        ("", -500, "Adjustment of March", Kind.ADJUSTMENT),
        ("Bank", 500, "Balance adjustment", Kind.ADJUSTMENT),
        ("Loss Adjusters Ltd", 500, "", Kind.PURCHASE), ("", 0, "", Kind.PURCHASE),
    ],
)  # fmt: skip
def test_what_a_line_is(merchant, amount, description, kind):
    assert kind_of(merchant, amount, description) == kind
    assert kind in CardLine.Kind.values


def test_a_payment_of_the_bill_is_in_no_total_of_spending(system):
    imported(
        lines(
            "13/01/2026,,-39759.74,,",
            "13/01/2026,,100.00,Shop,",
        ),
        by=system,
    )
    assert [line.merchant for line in CardLine.objects.purchases()] == ["Shop"]
    [month] = card_months()
    assert (month.total_minor, month.net_minor) == (-3_965_974, 10_000)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lines("04/05/2026,,5.00,Cafe,", "05/06/2026,,5.00,Cafe,"), "day or the month first"),
        (lines("13/05/2026,,5.00,Cafe,", "05/13/2026,,5.00,Cafe,"), "contradict"),
        (lines(",,5.00,Cafe,"), "is empty; every line needs one"),
        (lines("13/05/2026,,,Cafe,"), "is empty; every line needs one"),
        (lines("13/05/2026,,NaN,Cafe,"), "line 2, column “Value”: “NaN”"),
        (lines("13/05/2026,,1e5,Cafe,"), "exponent"),
        (lines("13/05/2026,,５.00,Cafe,"), "other digits"),
        (lines("13/05/2026,,1.005,Cafe,"), "more decimals"),
        (lines("13/05/2026,,1.000,Cafe,"), "more decimals"),
        (lines('13/05/2026,,"1,000",Cafe,'), "means a thousand"),
        (lines("13/05/2026,,1000000000000000000,Cafe,"), "too many digits|no amount|smaller"),
        (lines(f"13/05/2026,,5.00,{'x' * 201},"), "has 201 characters"),
        ("a,b\n1,2", "no header line"),
        ("Date,Merchant\n13/05/2026,Cafe", "no column for amount"),
    ],
)
def test_a_file_that_is_not_clear_is_refused_as_a_whole(system, content, says):
    assert re.search(says, " ".join(problems(content, by=system)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_files_are_read_in_other_languages_and_encodings(system, encoding):
    content = '日期,商户名称,金额\n2026-05-13,咖啡馆,"2,292.00"\n2026-05-14,书店,-8.50\n'
    imported(content.encode(encoding), by=system)
    found = CardLine.objects.values_list("date", "merchant", "amount_minor", "kind")
    assert list(found) == [
        (date(2026, 5, 13), "咖啡馆", 229_200, "purchase"),
        (date(2026, 5, 14), "书店", -850, "refund"),
    ]


def test_german_files_have_semicolons_and_decimal_commas(system):
    content = "Datum;Händler;Betrag\r13.05.2026;Blüte;1.292,50\r14.05.2026;Café;-8,50\r"
    imported(content.encode("cp1252"), by=system)
    found = CardLine.objects.values_list("merchant", "amount_minor")
    assert list(found) == [("Blüte", 129_250), ("Café", -850)]


def test_a_statement_is_in_one_currency(system):
    own = "Date,Merchant,Amount,Currency\n2026-05-13,Cafe,5.00,"
    assert "EUR is not GBP" in problems(f"{own}EUR\n", by=system)[0]
    no_currency = Options()
    with pytest.raises(ImportRefused, match="Say the currency"):
        run_import("card-lines", own.encode(), filename="x", options=no_currency, by=system)
    run_import("card-lines", f"{own}CHF\n".encode(), filename="x", options=no_currency, by=system)
    assert CardLine.objects.get().currency == "CHF"
    with pytest.raises(ImportRefused, match="imported before, in CHF"):
        imported(own, by=system)


def test_a_dry_run_changes_nothing_and_says_what_it_would(system):
    report = imported(lines("13/05/2026,,-5.00,,", "13/05/2026,,1,Cafe,"), by=system, dry_run=True)
    assert (report.created, CardStatement.objects.count()) == (2, 0)
    assert report.changes == ["2026-05-13 –: GBP -5.00", "2026-05-13 Cafe: GBP 1.00"]
    assert report.notes == ["line 2, GBP -5.00: pays the card's bill, in no total"]


def test_the_command_prints_one_object_and_refuses_with_1(db, tmp_path):
    path = tmp_path / "cards.csv"
    path.write_text(lines("13/05/2026,,5.00,Cafe,", "14/05/2026,,x,Cafe,"))

    def run(*words) -> tuple[dict, int]:
        out = io.StringIO()
        code = 0
        try:
            call_command("import_card_lines", str(path), *words, "--format", "json", stdout=out)
        except SystemExit as ended:
            code = ended.code
        return json.loads(out.getvalue()), code

    said, code = run("--currency", "GBP")
    assert (code, [(each["line"], each["column"]) for each in said["errors"]]) == (
        1,
        [(3, "Value")],
    )
    path.write_text(lines("13/05/2026,,5.00,Cafe,", "14/05/2026,,6,Cafe,"))
    said, code = run("--currency", "GBP", "--dry-run")
    assert (code, said["created"], CardLine.objects.count()) == (0, 2, 0)
    run("--currency", "GBP")
    said, code = run()
    counts = {name: said[name] for name in ("rows", "created", "updated", "unchanged", "skipped")}
    assert counts == {"rows": 2, "created": 0, "updated": 0, "unchanged": 2, "skipped": 0}
    assert (code, said["errors"]) == (0, [])
