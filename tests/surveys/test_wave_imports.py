"""Earlier polls of other tools: real answers against tables computed without the product."""

import csv
import json
import random
from collections import Counter, defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.models import AnswerCount, Cell, Hidden, Question, Wave
from surveys.rules.copies import nearly_the_same
from surveys.services.results import Results, trends

pytestmark = pytest.mark.django_db
ARMY = Path("../shared/data/survey-army-companies-bhr2000")
WAVES = Path("../shared/data/survey-waves-univbct")
HEADER = "item,text,theme,min,max,reversed,favourable_from"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def run(*words) -> list[dict]:
    out = StringIO()
    call_command("import_wave", *map(str, words), "--format", "json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def refused(*words) -> list[str]:
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("import_wave", *map(str, words), "--format", "json", stdout=out)
    assert left.value.code == 1
    return [error["message"] for error in json.loads(out.getvalue())["errors"]]


@pytest.fixture
def army_items(tmp_path) -> Path:
    items = tmp_path / "items.csv"
    lines = [
        f"{row['item']},{row['wording'].replace(',', ';')},Leadership,1,5,no,4"
        for row in rows_of(ARMY / "items.csv")
        if row["item"] not in ("HRS", "RELIG")
    ]
    items.write_text("\n".join([HEADER, *lines]))
    return items


def told(lines: list[dict]) -> dict[tuple[str, str], dict]:
    return {(line["item"], line["cell"]): line for line in lines if "item" in line}


def assert_like(found: dict, table: Path, *, fewest: int) -> int:
    """Every shown figure is the published one; what is below the minimum is never shown."""
    compared = 0
    for row in rows_of(table):
        line, n = found[row["item"], row["group"]], int(row["n_valid"])
        if n < fewest:
            assert line["status"] == "small", row
        elif line["status"] == "shown" and "favourable" not in line:
            assert line["n"] == n
            assert line["mean"] == pytest.approx(float(row["mean"]), abs=0.00006)
            assert line["favourable_pct"] == pytest.approx(float(row["favourable_pct"]), abs=0.006)
            compared += 1
        elif "favourable" in line:
            assert float(row["favourable_pct"]) == (100 if "95" in line["favourable"] else 0)
    return compared


def test_5400_answers_give_the_published_figures(army_items):
    lines = run(ARMY / "responses.csv", "--items", army_items, "--name", "Army",
                "--cell", "company", "--cell", "RELIG", "--fewest", 5)  # fmt: skip
    found = told(lines)
    assert assert_like(found, ARMY / "expected-overall.csv", fewest=5) == 11
    companies = [line for (_item, cell), line in found.items() if cell.isdecimal()]
    assert {line["status"] for line in companies} == {"shown"}
    alike = sum("favourable" in line for line in companies)
    compared = assert_like(found, ARMY / "expected-by-company.csv", fewest=5)
    assert compared == len(companies) - alike == 99 * 11 - alike
    assert alike < 10
    compared = assert_like(found, ARMY / "expected-by-company-x-relig.csv", fewest=5)
    crossings = [line for (_item, cell), line in found.items() if "|" in cell]
    statuses = [line["status"] for line in crossings]
    assert len(crossings) == 490 * 11
    assert statuses.count("small") == 90 * 11
    # Items of a theme are hidden together. In 21 companies one cell alone is small; others have
    # two that are too few together, or of one opinion.
    protecting = statuses.count("protects") // 11
    assert statuses.count("protects") == 11 * protecting
    assert 21 <= protecting <= 60
    assert compared > 0.9 * (490 - 90 - protecting) * 11
    [overall] = [line for line in lines if line.get("theme") and line["cell"] == "ALL"]
    expected = rows_of(ARMY / "expected-alpha.csv")[0]
    assert overall["alpha"] == pytest.approx(float(expected["cronbach_alpha"]), abs=0.00006)
    assert (overall["n"], overall["index"]) == (5400, pytest.approx(50.4, abs=5))


def test_no_individual_answer_is_kept(army_items):
    run(ARMY / "responses.csv", "--items", army_items, "--name", "Army", "--cell", "company")
    wave = Wave.objects.get()
    assert wave.state == Wave.State.RELEASED
    fewest = AnswerCount.objects.filter(option="").order_by("n").first()
    assert fewest.n >= 7
    assert set(Cell.objects.values_list("invited", "ballots")) == {(0, None)}
    assert [line["least"] for line in wave.release.report["figures"]] == [8]


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_three_waves_of_495_soldiers_give_the_published_figures(number, tmp_path):
    measures = ("job_satisfaction", "commitment", "readiness")
    items = tmp_path / "items.csv"
    items.write_text("\n".join([HEADER, *(f"{each},{each},,1,5,no,3.66" for each in measures)]))
    responses = tmp_path / "responses.csv"
    with responses.open("w") as file:
        rows = [row for row in rows_of(WAVES / "responses-long.csv") if row["wave"] == number]
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = told(run(responses, "--items", items, "--name", f"Wave {number}",
                     "--cell", "battalion", "--cell", "unit", "--fewest", 5))  # fmt: skip
    battalion_of = {row["unit"]: row["battalion"] for row in rows}
    compared, small = 0, 0
    for row in rows_of(WAVES / "expected-by-group-and-wave.csv"):
        if row["wave"] != number:
            continue
        unit = f"{battalion_of.get(row['group'])}|{row['group']}"
        cell = {"ALL": "ALL", "battalion": row["group"], "unit": unit}[row["level"]]
        line = found[row["measure"], cell]
        if int(row["n_valid"]) < 5:
            assert line["status"] == "small"
            small += 1
        elif line["status"] == "shown" and "favourable" not in line:
            # The table was made of means with more digits than the file has, and rounds half even.
            assert line["n"] == int(row["n_valid"])
            assert line["mean"] == pytest.approx(float(row["mean"]), abs=0.00011)
            share = float(row["share_ge_3_67_pct"])
            assert line["favourable_pct"] == pytest.approx(share, abs=0.011)
            compared += 1
    assert small > 30
    assert compared > 60


@pytest.fixture
def files(tmp_path):
    """Thirty answers of two teams, one item turned around."""
    items, responses = tmp_path / "items.csv", tmp_path / "responses.csv"
    items.write_text(f"{HEADER}\nproud,I am proud,Team,1,5,no,4\ntired,I am tired,Team,1,5,yes,4\n"
                     "stay,Would you stay?,,0,10,no,9\n")  # fmt: skip
    rows = [f"{'North' if n < 14 else 'South'},{1 + n % 5},{1 + n % 4},{n % 11}" for n in range(30)]
    responses.write_text("\n".join(["team,proud,tired,stay", *rows]))
    return responses, items


def test_an_answer_to_a_question_that_is_turned_is_turned(files):
    responses, items = files
    lines = run(responses, "--items", items, "--name", "2025", "--cell", "team")
    found = told(lines)
    assert found["tired", "ALL"] == {
        "item": "tired", "cell": "ALL", "n": 30, "favourable_pct": 53.33, "mean": 3.5667,
        "status": "shown",
    }  # fmt: skip
    assert found["stay", "North"]["n"] == 14
    assert [line["cell"] for line in lines if "theme" in line] == ["ALL", "North", "South"]
    kinds = dict(Question.objects.values_list("code", "kind"))
    assert kinds == {"proud": "agreement", "tired": "agreement", "stay": "likelihood"}


def test_the_same_again_changes_nothing(files):
    responses, items = files
    words = (responses, "--items", items, "--name", "2025", "--cell", "team")
    assert run(*words) == run(*words)
    assert Wave.objects.count() == 1


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_same_answers_are_not_cut_again(files, shuffled, tmp_path):
    """Who has both cuts could tell single people from their differences."""
    responses, items = files
    run(responses, "--items", items, "--name", "2025", "--cell", "team")
    again = tmp_path / "again.csv"
    header, *rows = responses.read_text().splitlines()
    others = [row.replace("North", f"N{n % 2}") for n, row in enumerate(rows)]
    again.write_text("\n".join([header, *(reversed(others) if shuffled else others)]))
    [message] = refused(again, "--items", items, "--name", "2025 again", "--cell", "team")
    assert "read in before, as “2025”" in message
    assert Wave.objects.count() == 1


@pytest.mark.parametrize("without", ["respondent", "item", "answer"])
def test_the_same_answers_but_for_somebodys_are_refused(files, tmp_path, without):
    """The first poll less the second would be all that one person said."""
    responses, items = files
    run(responses, "--items", items, "--name", "2025", "--cell", "team")
    again, fewer = tmp_path / "again.csv", tmp_path / "fewer.csv"
    header, *rows = responses.read_text().splitlines()
    rows[0] = "North,,3,4" if without == "answer" else rows[0]
    again.write_text("\n".join([header, *(rows[1:] if without == "respondent" else rows)]))
    asked = items.read_text().splitlines()
    fewer.write_text("\n".join(asked[:-1] if without == "item" else asked))
    [message] = refused(again, "--items", fewer, "--name", "2025 mended", "--cell", "team")
    assert "nearly those that were read in as “2025”" in message
    assert Wave.objects.count() == 1


def test_two_polls_of_the_same_people_are_not_taken_for_one():
    """Of 495 soldiers asked three times, many by chance, and a few by chance."""
    measures = ("job_satisfaction", "commitment", "readiness")
    by_wave: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows_of(WAVES / "responses-long.csv"):
        by_wave[row["wave"]][row["respondent"]] = row

    def counts(wave: str, people: list[str]) -> list[Counter[str]]:
        rows = [by_wave[wave][each] for each in people]
        return [
            Counter(row[each][:1] for row in rows if row[each][:1].isdigit()) for each in measures
        ]

    chance = random.Random(7)
    for n in (20, 40, 150, 495):
        for _try in range(10):
            people = chance.sample(sorted(by_wave["1"]), n)
            for one, other in ("12", "23", "13"):
                pairs = list(zip(counts(one, people), counts(other, people), strict=True))
                assert not nearly_the_same(pairs, fewest=7)
            pairs = list(zip(counts("1", people), counts("1", people[1:]), strict=True))
            assert nearly_the_same(pairs, fewest=7) or n < 150


def test_polls_of_two_years_have_a_trend(files, tmp_path):
    responses, items = files
    words = ("--items", items, "--cell", "team")
    run(responses, *words, "--name", "2024", "--closed-on", "2024-05-01")
    later = tmp_path / "later.csv"
    header, *rows = responses.read_text().splitlines()
    later.write_text("\n".join([header, *rows, *rows]))
    run(later, *words, "--name", "2025", "--closed-on", "2025-05-01")
    before, after = (Wave.objects.get(name=year) for year in ("2024", "2025"))
    found = trends(Results(before, before.cells.all()), Results(after, after.cells.all()))
    assert len(found.items) == 9
    assert found.broken == frozenset()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (("proud,I am proud,Team,1,5,no,4", "proud,I am proud,Team,1,5,no,9"), "favourable_from"),
        (("proud,I am proud,Team,1,5,no,4", "proud,I am proud,Team,1.5,5,no,4"), "min is a whole"),
        (("proud,I am proud,Team,1,5,no,4", "proud,,Team,1,5,no,4"), "item and text are needed"),
        (("no,4\ntired", "perhaps,4\ntired"), "yes or no, not “perhaps”"),
        (("tired,I am", "proud,I am"), "more than once"),
        (("reversed", "turned"), "“reversed” is missing"),
        (("stay,Would", "leave,Would"), "“leave” is missing"),
    ],
)
def test_a_wrong_items_file_says_what_is_wrong(files, spoil, message):
    responses, items = files
    items.write_text(items.read_text().replace(*spoil))
    messages = refused(responses, "--items", items, "--name", "2025", "--cell", "team")
    assert message in messages[0]
    assert not Wave.objects.exists()
    assert not Question.objects.exists()


@pytest.mark.parametrize("wrong", ["6", "0", "four", "4,5"])
def test_an_answer_off_the_scale_is_named_with_its_place(files, wrong):
    responses, items = files
    lines = responses.read_text().splitlines()
    lines[3] = f'North,"{wrong}",1,1'
    responses.write_text("\n".join(lines))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_wave", str(responses), "--items", str(items), "--name", "2025",
                     "--cell", "team", "--format", "json", stdout=out)  # fmt: skip
    [error] = json.loads(out.getvalue())["errors"]
    assert (error["line"], error["column"]) == (4, "proud")
    assert not Wave.objects.exists()


def test_a_question_of_the_library_keeps_its_scale(files):
    responses, items = files
    Question.objects.create(code="proud", kind="likelihood")
    [message] = refused(responses, "--items", items, "--name", "2025", "--cell", "team")
    assert "question “proud” with another scale" in message


@pytest.mark.parametrize(
    "words", [("--fewest", "4"), ("--cell", "a", "--cell", "b"), ("--closed-on", "2999-01-01")]
)
def test_a_wrong_use_is_refused(files, words):
    responses, items = files
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_wave", str(responses), "--items", str(items), "--name", "2025",
                     "--cell", "team", *words, stdout=StringIO())  # fmt: skip
    assert not Wave.objects.exists()


def test_a_blank_is_no_answer_and_a_cell_without_name_is_one(files):
    responses, items = files
    responses.write_text(responses.read_text() + "\n,,3,\n")
    found = told(run(responses, "--items", items, "--name", "2025", "--cell", "team"))
    assert found["proud", "ALL"]["n"] == 30
    assert found["tired", "–"]["status"] == "small"
    assert Hidden.objects.filter(cell__name="–", why="small").count() == 3
