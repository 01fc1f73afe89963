"""A book that is wrong is refused when it is read, with its file, its key and a reason in French."""

from collections.abc import Callable

import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import BookError, UnknownBook, catalogue, load

CHARGE = '{ code = "energy", kind = "flat", price = "0.10" }'
DIGEST = "c9d875e61d611cfd499a809d2efe2372f85e4d6e322f0f92cbc2fb46234ffd19"
FAULTS = [
    ("a hole", "from = 2012-04-01", "from = 2012-04-03", "version 2 (2012-04-03).from", "trou"),
    ("an overlap", "from = 2012-04-01", "from = 2012-03-30", "version 2 (2012-03-30).from", "chevauche"),
    ("an open version before the last", "to = 2012-04-01", "", "version 1 (2010-04-01).to", "manquante"),
    ("an empty stretch", "to = 2015-04-01", "to = 2012-04-01", "version 2 (2012-04-01).to", "avant"),
    ("no price", '[ { code = "energy", kind = "flat", price = "0.10" } ]', "[]", "charges", "sans prix"),
    ("too many decimals", '"0.10"', '"0.1000001"', "price", "décimales"),
    ("too many decimals in a bare number", '"0.10"', "0.1000001", "price", "décimales"),
    ("a negative price", '"0.10"', '"-0.10"', "price", "entre 0"),
    ("infinity", '"0.10"', "inf", "price", "nombre décimal"),
    ("not a number", '"0.10"', "nan", "price", "nombre décimal"),
    ("a yes for a price", '"0.10"', "true", "price", "nombre décimal"),
    ("an exponent", '"0.10"', '"1e-1"', "price", "nombre décimal"),
    ("a huge price", '"0.10"', '"99999999"', "price", "entre 0"),
    ("an exponent that no number holds", '"0.10"', "1e99999999999999999999", "fichier", "un nombre ne se lit pas"),
    ("digits without end", '"0.10"', "9" * 5000, "fichier", "un nombre ne se lit pas"),
    ("a number beyond all prices", '"0.10"', "1e9999", "price", "décimal simple"),
    ("a coin that the currency lacks", 'currency = "CAD"', 'currency = "VND"', "cent", "plus petite pièce"),
    ("an unknown key", 'currency = "CAD"', 'currency = "CAD"\nurgent = true', "urgent", "inconnue"),
    ("an unknown key of a charge", 'price = "0.10"', 'price = "0.10", ceiling = "1"', "ceiling", "inconnue"),
    ("no word of taxes", 'taxes = ["canada/gst", "quebec/qst"]\n', "", "taxes", "vide si rien"),
    ("a tax twice", '["canada/gst", "quebec/qst"]', '["canada/gst", "canada/gst"]', "taxes", "deux fois"),
    ("an unknown tax", '"canada/gst"', '"canada/gts"', "taxes", "canada/gts"),
    ("a tax out of the folder", '"canada/gst"', '"../canada/gst"', "taxes", "taxe inconnue"),
    ("an unknown kind", 'kind = "flat"', 'kind = "lump"', "charges", "genre"),
    ("an unknown rounding", '"half_up"', '"half_even"', "rounding", "half_up"),
    ("an unknown confidence", 'confidence = "invented"', 'confidence = "sure"', "confidence", "n’est pas admis"),
    ("no source", 'source = "Essai"', 'source = ""', "source", "pas une valeur"),
    ("no title", 'energy = { fr = "Énergie", en = "Energy" }', "", "titles", "libellé"),
    ("a title for nothing", "energy = {", 'energies = { fr = "x", en = "x" }\nenergy = {', "titles", "energies"),
    ("another code", '"essai/E"', '"essai/F"', "code", "nom du fichier"),
    ("no cent", '"0.01"', '"0"', "cent", "positive"),
    ("a winter that is no date", 'from = "12-01"', 'from = "02-30"', "winter.from", "forme"),
    ("a winter without days", 'from = "12-01"', 'from = "04-01"', "winter", "distincts"),
    ("a field by its inner name", "from = 2012-04-01", "from_on = 2012-04-01", "from", "manquante"),
    ("a need not declared", '["kwh"]', '["kw"]', "needs", "kwh"),
    (
        "a share above all",
        "charges =",
        'billing_demand = { winter_ratchet_percent = "650" }\ncharges =',
        "demand",
        "100",
    ),
    (
        "a charge twice",
        '"0.10" } ]',
        '"0.10" }, { code = "energy", kind = "flat", price = "1" } ]',
        "charges",
        "deux fois",
    ),
    (
        "two lengths",
        CHARGE,
        '{ code = "energy", kind = "fixed", per = "month", per_days = 1, price = "1" }',
        "charges",
        "per_days",
    ),
    ("no length", CHARGE, '{ code = "energy", kind = "fixed", price = "1" }', "charges", "per_days"),
    (
        "an unknown season",
        CHARGE,
        '{ code = "energy", kind = "flat", season = "autumn", price = "1" }',
        "energy",
        "autumn",
    ),
    ("an unknown register", CHARGE, '{ code = "energy", kind = "flat", of = "peak", price = "1" }', "energy", "peak"),
    (
        "a demand of kWh",
        CHARGE,
        '{ code = "energy", kind = "demand", per_days = 30, of = "kwh", price = "1" }',
        "energy",
        "kW",
    ),
    (
        "a share of what follows",
        CHARGE,
        '{ code = "energy", kind = "percent", on = ["later"], percent = "1" }',
        "energy",
        "later",
    ),
    (
        "a share of a thousand",
        CHARGE,
        '{ code = "energy", kind = "percent", percent = "1000" }',
        "charges",
        "entre -100",
    ),
    ("a bank of nothing", CHARGE, '{ code = "energy", kind = "bank", price = "1" }', "energy", "net_metering"),
    (
        "blocks once a bill",
        CHARGE,
        '{ code = "energy", kind = "minimum", per = "bill", single_phase = "1", three_phase = "1" }',
        "energy",
        "fixe",
    ),
    (
        "kilowatts to none",
        CHARGE,
        '{ code = "energy", kind = "demand", per_days = 30, over = "5", upto = "5", price = "1" }',
        "charges",
        "upto",
    ),
    (
        "cos that rises",
        CHARGE,
        '{ code = "energy", kind = "power_factor", target = "0.9", '
        'steps = [ { cos = "0.95", percent = "1" }, { percent = "2" } ] }',
        "charges",
        "décroissent",
    ),
    (
        "cos that never ends",
        CHARGE,
        '{ code = "energy", kind = "power_factor", target = "0.9", steps = [ { cos = "0.8", percent = "1" } ] }',
        "charges",
        "cos",
    ),
    (
        "cos in thousandths",
        CHARGE,
        '{ code = "energy", kind = "power_factor", target = "0.905", steps = [ { percent = "1" } ] }',
        "target",
        "décimales",
    ),
    (
        "two look-backs",
        "charges =",
        'billing_demand = { winter_ratchet_percent = "65", lookback = { percent = "50" } }\ncharges =',
        "billing_demand",
        "deux",
    ),
    (
        "a step of nothing",
        "charges =",
        'billing_demand = { quantum = "0" }\ncharges =',
        "billing_demand",
        "positif",
    ),
    (
        "a minimum asked of nobody",
        CHARGE,
        '{ code = "energy", kind = "minimum", per_days = 30 }',
        "charges",
        "three_phase",
    ),
    (
        "a thirteenth month",
        "charges =",
        'billing_demand = { lookback = { percent = "50", months = [13] } }\ncharges =',
        "months",
        "pas une valeur",
    ),
    (
        "a register that takes a name",
        "[titles]",
        '[registers]\nkwh = { fr = "x", en = "x" }\n[titles]',
        "registers.kwh",
        "déjà",
    ),
    (
        "a register of an unknown season",
        "[titles]",
        '[registers]\na = { fr = "x", en = "x", season = "autumn" }\n[titles]',
        "registers.a",
        "autumn",
    ),
    (
        "hours that no clock has",
        "[titles]",
        '[registers]\na = { fr = "x", en = "x", hours = [ { from = "06:10", to = "10:00" } ] }\n[titles]',
        "from",
        "forme",
    ),
    (
        "a season named winter",
        "winter =",
        'seasons = { winter = { from = "10-01", to = "05-01" } }\nwinter =',
        "seasons.winter",
        "winter",
    ),
    ("net metering by nothing", "needs =", 'net_metering = "injected"\nneeds =', "net_metering", "injected"),
    (
        "reactive energy not asked for",
        CHARGE,
        '{ code = "energy", kind = "flat", of = "kvarh", price = "1" }',
        "needs",
        "kvarh",
    ),
    (
        "a document without its rounding",
        'rounding = "half_up"',
        'rounding = "half_up"\nrounded = "document"',
        "titles",
        "rounding",
    ),
    ("no quantum", 'rounding = "half_up"', 'rounding = "half_up"\nquantum = "0"', "quantum", "positif"),
    ("not TOML", "[titles]", "[titles", "fichier", "TOML illisible"),
]
BLOCKS = '{{ code = "energy", kind = "blocks", per_days = 1, steps = [{}] }}'
STEPS = [
    ('{ upto = "40", price = "0.1" }, { upto = "40", price = "0.2" }, { price = "0.3" }', "croissantes"),
    ('{ upto = "40", price = "0.1" }, { upto = "30", price = "0.2" }, { price = "0.3" }', "croissantes"),
    ('{ upto = "0", price = "0.1" }, { price = "0.3" }', "croissantes"),
    ('{ price = "0.1" }, { price = "0.3" }', "croissantes"),
    ('{ upto = "40", price = "0.1" }', "dernière tranche"),
    ('{ upto = "40.0001", price = "0.1" }, { price = "0.2" }', "décimales"),
]


@pytest.mark.parametrize(("old", "new", "key", "reason"), [pytest.param(*f[1:], id=f[0]) for f in FAULTS])
def test_a_faulty_book_is_refused(old: str, new: str, key: str, reason: str, write: Callable[..., Book]) -> None:
    with pytest.raises(BookError) as caught:
        write((old, new))
    assert caught.value.file == "essai/E.toml"
    assert key in caught.value.key
    assert reason in caught.value.reason
    assert "essai/E.toml" in str(caught.value)


@pytest.mark.parametrize(("steps", "reason"), STEPS)
def test_faulty_blocks_are_refused(steps: str, reason: str, write: Callable[..., Book]) -> None:
    with pytest.raises(BookError, match=reason):
        write(('{ code = "energy", kind = "flat", price = "0.10" }', BLOCKS.format(steps)))


def test_the_sound_book_behind_these_faults_is_read(write: Callable[..., Book]) -> None:
    assert [charge.price_micro for charge in write().charges] == [100_000, 200_000]


def test_every_shipped_book_is_read_and_says_where_its_figures_come_from() -> None:
    assert {"hydro_quebec/D", "hydro_quebec/DP", "hydro_quebec/G", "hydro_quebec/M", "lac_aux_ormes/eclairage"} <= set(
        catalogue()
    )
    for book in map(load, catalogue()):
        for charge in book.charges:
            assert charge.source, charge
            assert charge.article, charge
            assert charge.title_fr, charge
            assert charge.title_en, charge


@pytest.mark.parametrize("code", ["hydro_quebec/Z", "canada/gst", "../etc/passwd", "", "hydro_quebec/D.toml", "D"])
def test_an_unknown_code_is_said_unknown(code: str) -> None:
    with pytest.raises(UnknownBook):
        load(code)


def test_the_digest_changes_with_any_figure_and_with_no_writing(write: Callable[..., Book]) -> None:
    digest = write().digest
    assert write(('"0.10"', "0.100")).digest == digest
    assert write(('"0.10"', '"0.11"')).digest != digest
    assert write(('["canada/gst", "quebec/qst"]', '["canada/gst"]')).digest != digest


def test_a_book_that_says_nothing_new_keeps_the_digest_it_had() -> None:
    """A bill names its book by this digest: what books learn to say later must not change it."""
    assert load("lac_aux_ormes/eclairage").digest == DIGEST
