"""What may stand in a story."""

import pytest

from recognition.rules.stories import cleaned, is_a_sentence, without_names


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("a\u202eb", "ab"),
        ("a\u200bb\ufeff", "ab"),
        ("line\r\nnext", "line\nnext"),
        ("e\u0301", "é"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("  wide   space ", "wide space"),
        ("nul\x00bell\x07", "nul bell"),
        ("👩\u200d🚒 کتاب\u200cها", "👩\u200d🚒 کتاب\u200cها"),
        ("שלום world", "שלום world"),
        ("tag\U000e0041s", "tag s"),
    ],
)
def test_what_nobody_sees_is_taken_out(told, kept):
    assert cleaned(told) == kept


@pytest.mark.parametrize(
    ("text", "says_something"),
    [
        ("She found the parcel at night.", True),
        ("Good work!", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", False),
        ("...........................", False),
        ("她连夜找到了客户的包裹。", True),
        ("好！", False),
        ("ช่วยลูกค้าหาพัสดุจนดึกดื่น", True),
        ("🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", False),
        ("", False),
    ],
)
def test_a_story_is_at_least_a_sentence(text, says_something):
    assert is_a_sentence(text) is says_something


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("Ann did it, thanks to Ann!", ["Ann Lee"], "… did it, thanks to …!"),
        ("Announced by ann", ["Ann"], "Announced by …"),
        ("Óscar and Oscar", ["Oscar"], "… and …"),
        ("王小明找到了包裹", ["王小明"], "…找到了包裹"),
        ("小明找到了包裹，谢谢小明！", ["王小明"], "…找到了包裹，谢谢…！"),
        ("山田さんと太郎さん", ["山田 太郎"], "…さんと…さん"),
        ("Wang Xiaoming and Xiaoming's team", ["王小明"], "Wang … and …'s team"),
        ("王伟和小王", ["王小明"], "王伟和小王"),
        ("김철수 씨", ["김철수"], "… 씨"),
        ("谢谢Annie！", ["Annie"], "谢谢…！"),
        ("_Ann_, ann_lee, Ann2 and Anns idea", ["Ann Lee"], "_…_, …_…, …2 and … idea"),
        ("Annual and Annexes", ["Ann"], "Annual and Annexes"),
        ("Спасибо Анне и Анны, не Антону", ["Анна"], "Спасибо … и …, не Антону"),
        ("Soren and Lukasz", ["Søren", "Łukasz"], "… and …"),
        ("A\u200dnn, OBrien and O’Brien", ["Ann", "O’Brien"], "…, … and O’…"),
        ("Al also did", ["Al"], "… also did"),
        ("Thank you, J.", ["J. Doe"], "Thank you, J."),
        ("Nobody is hidden", [], "Nobody is hidden"),
        ("Nobody is hidden", [""], "Nobody is hidden"),
    ],
)
def test_names_of_the_unnamed_are_hidden(text, names, shown):
    assert without_names(text, names) == shown
