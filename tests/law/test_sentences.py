"""Nothing is decided that cannot be said, in French and in English."""

import re
import tomllib
from pathlib import Path

from fanal.law import explain
from fanal.law.explain import EXPLANATIONS
from fanal.law.metering.plausibility import SENTENCES, Fix, HoldReason

LAW = EXPLANATIONS.parent
GROUND = re.compile(r'\bground\(\s*"([^"]+)",\s*"([a-z_]+)"')
FIELD = re.compile(r"\{(\w+)")


def read(path: Path) -> dict[str, dict[str, object]]:
    """A file of sentences, or all those of a folder."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return {name: row for it in files for name, row in tomllib.loads(it.read_text(encoding="utf-8")).items()}


def rules_in_code() -> dict[str, str]:
    """The file of sentences of each ground: that of its chapter."""
    return {
        rule: path.stem.partition("_")[0]
        for path in LAW.rglob("*.py")
        if path.name != "decision.py"
        for _, rule in GROUND.findall(path.read_text(encoding="utf-8"))
    }


def test_every_ground_has_its_four_sentences_and_no_sentence_is_an_orphan() -> None:
    written = read(EXPLANATIONS)

    assert {name: path.stem for path in EXPLANATIONS.glob("*.toml") for name in read(path)} == rules_in_code()
    for rule, states in written.items():
        assert states.keys() == {"met", "not_met"}, rule
        for state, texts in states.items():
            assert set(texts) == {"fr", "en"}, (rule, state)


def test_french_and_english_speak_of_the_same_facts() -> None:
    for rule, states in read(EXPLANATIONS).items():
        for texts in states.values():
            assert set(FIELD.findall(texts["fr"])) == set(FIELD.findall(texts["en"])), rule


def test_every_finding_and_every_hold_is_said_in_both_languages() -> None:
    written = read(SENTENCES)

    assert written["holds"].keys() == {it.name.lower() for it in HoldReason}
    for said in (*written["findings"].values(), *[it["proof"] for it in written["holds"].values()]):
        assert set(FIELD.findall(said["fr"])) == set(FIELD.findall(said["en"]))
    for reason in HoldReason:
        assert reason.title("fr")
        assert reason.title("en")
        assert all(isinstance(it, Fix) for it in reason.fixes)


def test_every_finding_in_the_code_has_its_sentence() -> None:
    source = (SENTENCES.parent / "plausibility.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'_(?:refused|doubtful)\(\s*"([a-z_]+)"', source))

    assert codes | {"digit_missing", "decreasing_index", "zero_use", "high_use"} == read(SENTENCES)["findings"].keys()


def test_sentences_need_no_typographer_twice() -> None:
    for states in read(EXPLANATIONS).values():
        for texts in states.values():
            once = explain.wording.typography(texts["fr"])
            assert explain.wording.typography(once) == once
