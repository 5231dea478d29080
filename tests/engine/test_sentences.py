"""Explanations as sentences, complete in both languages; and the command that gives them."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.engine import Instance, Result, solve, write_instance, write_result
from matching.engine.__main__ import main
from matching.engine.alternatives import RULES, WhyNot, why_not, why_nothing
from matching.engine.changes import smallest
from matching.engine.classes import class_summary
from matching.engine.reasons import about_place, why_this
from matching.engine.rules import REASONS
from matching.engine.sentences import LANGUAGES, km, listed, number
from matching.engine.sentences import about_place as place_in_words
from matching.engine.sentences import what_would_change_it as changes_in_words
from matching.engine.sentences import why_class as class_in_words
from matching.engine.sentences import why_not as why_not_in_words
from matching.engine.sentences import why_nothing as why_nothing_in_words
from matching.engine.sentences import why_this as why_this_in_words
from matching.engine.texts import TEXTS

from .instances import instance, place, random_rows, student

WON = "Together that is 120 points more. But the total does not count in this match."


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_exists_in_both_languages_with_the_same_values() -> None:
    for key, texts in TEXTS.items():
        assert set(texts) == set(LANGUAGES), key
        forms = [(text,) if isinstance(text, str) else text for text in texts.values()]
        assert len({frozenset(placeholders(form)) for some in forms for form in some}) == 1, key


def test_sentences_are_short() -> None:
    """B1: no sentence of more than twenty words."""
    for key, texts in TEXTS.items():
        for text in texts.values():
            for form in (text,) if isinstance(text, str) else text:
                assert all(len(sentence.split()) <= 20 for sentence in re.split(r"[.:] ", form)), key


def test_numbers_are_written_as_people_do() -> None:
    assert (number(7858, "nl"), number(7858, "en")) == ("7.858", "7,858")
    assert (km(4_250, "nl"), km(4_250, "en"), km(3_000, "nl")) == ("4,2", "4.2", "3")
    assert listed(["a", "b", "c"], "nl") == "a, b en c"
    assert listed(["a"], "en") == "a"


def test_why_this_place_has_a_sentence_for_each_criterion_with_its_points() -> None:
    found = instance(
        [student(goals="a b c d e", kind1="shop", kind2="farm", support=2, allowance=300, days="mo tu we")],
        [place(x=3_000, y=4_000, goals="a b c", kind="farm", support=1, allowance=200, days="mo tu")],
    )
    facts = why_this(found, solve(found), 1)
    assert facts is not None
    assert sum(row.points for row in facts.criteria) == facts.score == 150 + 180 + 75 + 60 + 66 + 33
    assert why_this_in_words(facts, "nl") == [
        "Deze stageplek past voor 564 van de 1000 punten bij je.",
        "Het bedrijf ligt 5 km van je adres, in een rechte lijn. Jouw grens is 10 km. Dat zijn 150 van de 300 punten.",
        "Je kunt hier 3 van je 5 leerdoelen oefenen. Dat zijn 180 van de 300 punten.",
        "Dit soort bedrijf was je tweede wens. Dat zijn 75 van de 150 punten.",
        "Je vroeg begeleiding 2 (van 3). Het bedrijf biedt 1. Dat zijn 60 van de 100 punten.",
        "Op 2 van jouw 3 dagen kun je daar werken. Dat zijn 66 van de 100 punten.",
        "Je hoopte op € 300 per maand. Het bedrijf geeft € 200. Dat zijn 33 van de 50 punten.",
        "Er is geen andere verdeling waarbij de studenten samen meer punten krijgen.",
    ]
    assert why_this_in_words(facts, "en")[2] == "You can practise 3 of your 5 learning goals here. That is 180 of 300 points."


def test_why_nothing_and_what_would_change_it_in_both_languages() -> None:
    found = instance([student(id=1, max_distance=1_000), student(id=2, max_distance=1_000, tier=0)], [place(id=1, x=900), place(id=2, x=3_400)])
    result = solve(found)
    nothing = why_nothing(found, result, 1)
    assert nothing is not None
    assert why_nothing_in_words(nothing, "en") == [
        "There is 1 place that fits you, but it is full.",
        "2 students can only go to the same places: there is room for 1 student.",
        "However you divide them, 1 student has no place then.",
        "Whose turn comes first gets a place. The group and the lots decide that. Your points do not count for it.",
    ]
    assert changes_in_words(smallest(found, result, 1), "nl") == ["Als je 3 km verder wilt reizen, krijg je in deze ronde een plek."]
    assert changes_in_words([], "nl") == ["Verder reizen of andere dagen helpen in deze ronde niet. Er is een extra plek nodig."]


def test_a_course_without_any_place_is_said_plainly() -> None:
    found = instance([student(qualification="rare"), student(id=2)], [place()])
    result = solve(found)
    nothing = why_nothing(found, result, 1)
    assert nothing is not None
    assert why_nothing_in_words(nothing, "en") == ["In this round there is no place for your course."]
    assert smallest(found, result, 1) == []
    assert why_not_in_words(why_not(found, result, 1, 1), "en") == ["This place is not for your course."]


def test_two_steps_and_dates_are_put_into_one_sentence() -> None:
    far = instance([student(days="mo", days_needed=1)], [place(x=12_500, days="fr")])
    assert changes_in_words(smallest(far, solve(far), 1), "en") == [
        "If you are willing to travel 3 km further and can also work on Friday, you get a place in this round."
    ]
    late = instance([student(until="2027-06-10")], [place()])
    assert "can stay 2 weeks longer (2027-06-24)" in " ".join(changes_in_words(smallest(late, solve(late), 1), "en"))


def test_who_gains_by_a_worse_choice_of_yours_is_said_too() -> None:
    found = instance([student(id=1, tier=0), student(id=2, max_distance=2_000)], [place(id=1), place(id=2, x=1_000)])
    said = why_not_in_words(why_not(found, solve(found, policy="stable"), 1, 2), "en")
    assert said == ["At this place you would have 970 points.", "Now you have 1,000 points.", "Then 1 other student gets more points.", WON]


def test_under_stable_no_sentence_says_that_turns_decided() -> None:
    found = instance([student(id=1), student(id=2, tier=0)], [place(id=1)])
    result = solve(found, policy="stable")
    nothing = why_nothing(found, result, 1)
    assert nothing is not None
    said = [*why_nothing_in_words(nothing, "en"), *why_not_in_words(why_not(found, result, 1, 1), "en")]
    assert "Each place chose in order: first the group, then goals, days and distance, and then lots." in said
    assert "Then 1 other student loses the place." in said
    assert not any("turn" in sentence for sentence in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_case_is_without_words(language: str) -> None:
    """Every fact that random matches and the rules can give is put into words without a hole."""
    said: list[str] = []
    for seed, policy in ((1, "most"), (2, "generous"), (3, "stable")):
        found = instance(*random_rows(seed + 20, 60, 25, most_capacity=1))
        result = solve(found, policy=policy, seed=seed)
        said += about_everything(found, result, language)
    for rule in ("qualification", "no_slot", *RULES):
        said += why_not_in_words(WhyNot(1, 2, "most", rule), language)
    said += why_not_in_words(WhyNot(1, 2, "generous", own_points=700, points_now=800, lower_bound=30), language)
    said += why_not_in_words(WhyNot(1, 2, "generous", own_points=700, points_now=700, exact=True, lost=0), language)
    assert {f"class_{reason}" for reason in REASONS} <= set(TEXTS)
    assert {f"none_{reason}" for reason in REASONS} <= set(TEXTS)
    assert all(text and "{" not in text and "None" not in text for text in said)


def about_everything(found: Instance, result: Result, language: str) -> list[str]:
    said = class_in_words(class_summary(found, result, found.students.id.tolist()), found.criteria.as_dict(), language)
    for student_id in found.students.id.tolist()[::6]:
        mine, none = why_this(found, result, student_id), why_nothing(found, result, student_id)
        said += why_this_in_words(mine, language) if mine is not None else []
        said += why_nothing_in_words(none, language) if none is not None else []
        said += why_not_in_words(why_not(found, result, student_id, int(found.places.id[student_id % 25])), language)
    for place_id in found.places.id.tolist()[::8]:
        said += place_in_words(about_place(found, result, place_id), language)
    return said


def test_a_place_says_what_one_more_slot_would_do() -> None:
    found = instance([student(id=1), student(id=2, x=1_000), student(id=3, qualification="q")], [place(id=1), place(id=2, x=9_000)])
    facts = about_place(found, solve(found), 1)
    assert (facts.capacity, facts.taken, facts.in_reach, facts.extra_tier) == (1, 1, 2, None)
    assert facts.extra_points == facts.price == 210
    assert place_in_words(facts, "nl")[-1] == "Een extra plek hier geeft alle studenten samen 210 punten meer."
    full = instance([student(id=1), student(id=2, tier=1)], [place(id=1)])
    assert about_place(full, solve(full), 1).extra_tier == 2


def explained(tmp_path: Path, capsys: pytest.CaptureFixture[str], found: Instance, *asked: str) -> dict[str, Any]:
    write_instance(found, tmp_path / "in")
    write_result(solve(found), tmp_path / "out")
    assert main(["explain", str(tmp_path / "in"), str(tmp_path / "out"), *asked]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_command_explains_a_student_as_data_and_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = instance([student(id=1), student(id=2, max_distance=2_000)], [place(id=1), place(id=2, x=1_000)])
    answer = explained(tmp_path, capsys, found, "--student", "1", "--why-not", "1")
    assert (answer["place"], answer["why_not"]["others_fewer"], answer["why_not"]["lost"]) == (2, 1, 120)
    assert "1 andere student krijgt dan minder punten." in answer["sentences"]["nl"]["why_not"]
    assert set(answer["sentences"]["en"]) == {"why_this", "why_not"}
    assert main(["explain", str(tmp_path / "in"), str(tmp_path / "out"), "--student", "9"]) == 2


def test_the_command_explains_who_has_nothing_and_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = instance([student(id=1, max_distance=500)], [place(id=7, x=900)])
    answer = explained(tmp_path, capsys, found, "--student", "1")
    assert (answer["reason"], answer["changes"][0]["steps"][0]["kind"]) == ("none_near", "distance")
    assert set(answer["sentences"]["nl"]) == {"why_nothing", "changes"}
    assert explained(tmp_path, capsys, found, "--place", "7")["facts"]["in_reach"] == 0
    assert main(["explain", str(tmp_path / "in"), str(tmp_path / "out"), "--place", "9"]) == 2


def test_the_other_commands_answer_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = instance([student(id=1), student(id=2)], [place(id=1)])
    write_instance(found, tmp_path / "in")
    write_result(solve(found), tmp_path / "out")
    assert main(["compare", str(tmp_path / "in"), "--policies", "most", "stable"]) == 0
    assert [row["policy"] for row in json.loads(capsys.readouterr().out)] == ["most", "stable"]
    assert main(["what-if", str(tmp_path / "in"), str(tmp_path / "out"), "--capacity", "1=2", "--out", str(tmp_path / "new")]) == 0
    assert json.loads(capsys.readouterr().out)["placed"] == 1
    assert main(["what-if", str(tmp_path / "in"), str(tmp_path / "out"), "--distance", "900"]) == 2
    assert "sum to 1000" in capsys.readouterr().err
    assert main(["additions", str(tmp_path / "in"), str(tmp_path / "in" / "places.csv"), "--count", "2"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"candidate": 1, "student_tier": 2, "points": 1000}]
    assert np.load(tmp_path / "new" / "certificate.npz")["place_id"].tolist() == [1, 1]


def test_a_page_that_only_names_the_questions_does_not_load_numba() -> None:
    code = "import sys, matching.engine.explain, matching.engine.sentences; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
