"""Premises with their delivery points, meters with their registers and where they hung, and what was read of them."""

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.metering import takeover as metering
from fanal.records.metering.acts import Quality, RegisterKind, Source
from fanal.records.network import acts as network
from fanal.records.premises import acts as premises
from fanal.records.takeover import facts
from fanal.records.takeover.loading.steps import Load
from fanal.records.takeover.loading.writing import write_places

NO_CYCLE = 9999  # of a place whose round is no number below it: checks/NO_CYCLE.sql and NO_ROUND.sql name them
DEMAND_DIALS = 6
# A postal code that cannot be read was named (BAD_POSTAL_CODE): the row keeps it as it came.
PREMISES = """
SELECT {premises} AS id, coalesce(civic_number, '') AS civic_number, coalesce(way.value, street, '') AS street,
    coalesce(unit, '') AS unit, coalesce(city, '') AS city,
    left(coalesce(code.value, postal_code, ''), 7) AS postal_code,
    CASE heating WHEN 'ELECTRIC' THEN 'ELECTRIC' WHEN 'DUAL' THEN 'DUAL' ELSE 'OTHER' END AS heating
FROM {table} LEFT JOIN written_street way ON way.raw = street LEFT JOIN written_code code ON code.raw = postal_code
"""
POINTS = """
SELECT {point} AS id, number, {premises} AS premises_id, coalesce(phases, 1)::smallint AS phases, cycle,
    coalesce(sequence, 0)::integer AS sequence, coalesce(in_service_on, begun.starts_on, %(as_of)s) AS energised_on
FROM {table} LEFT JOIN begun ON begun.premises = number
"""
# The map decides which transformer feeds a place: what billing said is kept, to name where it differs.
STATED = """
SELECT number AS point, transformer
FROM (TABLE new_premises UNION ALL TABLE changed_premises) p WHERE coalesce(transformer, '') <> ''
"""
NEW = {"point": "our_id", "premises": "premises_id", "table": "new_premises"}
OF_POINT = "(SELECT d.premises_id FROM premises_deliverypoint d WHERE d.id = known_id)"
CHANGED = {"point": "known_id", "premises": OF_POINT, "table": "changed_premises"}
PREMISES_MOVE = """civic_number street unit city postal_code round sequence transformer use heating dwellings phases
    in_service_on status note"""
# A place changes its round as long as the old system bills both.
SWITCHED = """
SELECT FROM premises_deliverypoint d JOIN elsewhere_takencycle c ON c.ours AND c.cycle IN (d.cycle, new.cycle)
WHERE d.id = new.known_id AND d.cycle <> new.cycle
"""
# Its dwellings multiply what its subscription is billed by, and a subscription takes no other multiplier.
MULTIPLIED = """
SELECT FROM subscriptions_subscription s WHERE s.delivery_point_id = new.known_id AND s.ends_on IS NULL
    AND s.book = ANY(%(by_dwelling)s) AND s.multiplier <> greatest(1, coalesce(new.dwellings, 1))
"""
METERS = """
SELECT DISTINCT ON (serial) meter_id AS id, serial, concat_ws(' ', maker, model) AS model,
    verify_before_on AS verified_until
FROM new_meters WHERE NOT EXISTS (SELECT FROM metering_meter known WHERE known.serial = new_meters.serial)
ORDER BY serial, since
"""
REGISTERS = f"""
SELECT m.meter_id, {RegisterKind.KWH:d}::smallint AS kind, m.dials::smallint AS dials
FROM (SELECT DISTINCT ON (serial) serial, meter_id, dials FROM new_meters ORDER BY serial, since) m
WHERE NOT EXISTS (SELECT FROM metering_register r WHERE r.meter_id = m.meter_id)
UNION ALL
SELECT DISTINCT m.meter_id, kind::smallint, {DEMAND_DIALS}::smallint FROM new_meters m
JOIN read_there ON read_there.meter = m.serial AND read_there.power
CROSS JOIN (VALUES ({RegisterKind.KW:d}), ({RegisterKind.KVA:d})) kinds (kind)
WHERE NOT EXISTS (SELECT FROM metering_register r WHERE r.meter_id = m.meter_id)
"""
INSTALLATIONS = """
SELECT meter_id, point AS delivery_point_id, multiplier::integer AS multiplier, since AS starts_on,
    removed_on AS ends_on FROM new_meters
"""
METER_MOVES = "maker model phases sealed_on verify_before_on removed_on removed_index status"
TOLD_METERS = """
SELECT DISTINCT ON (meter_id) meter_id AS id, concat_ws(' ', maker, model) AS model,
    verify_before_on AS verified_until FROM changed_meters ORDER BY meter_id, since DESC
"""
REMOVALS = """
SELECT meter_id, point AS delivery_point_id, since AS starts_on, removed_on AS ends_on FROM changed_meters
WHERE removed_on IS NOT NULL
"""
# It does not hang as it was told any more: somebody took it away here.
HERE = """was.key = new.key AND NOT EXISTS (SELECT FROM metering_installation i
    WHERE (i.meter_id, i.delivery_point_id, i.starts_on) = (new.meter_id, new.point, new.since)
        AND (i.ends_on IS NOT DISTINCT FROM was.removed_on OR i.ends_on = new.removed_on))"""
READ_AFTER = """EXISTS (SELECT FROM metering_reading r JOIN metering_register g ON g.id = r.register_id
    WHERE r.delivery_point_id = new.point AND g.meter_id = new.meter_id AND r.read_on > new.removed_on)"""
READ_THERE = """
SELECT premises, meter, min(read_on) AS first_on, bool_or(demand_kw IS NOT NULL OR demand_kva IS NOT NULL) AS power
FROM ({readings}) r GROUP BY premises, meter
"""
# A meter in two places, or two meters in one, on a day: the later row waits for a person.
HUNG = """(SELECT file_id, line,
        max(coalesce(removed_on, 'infinity'::date)) OVER (PARTITION BY {by} ORDER BY since, line
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS upto
    FROM new_meters) before"""
# What is known of each day of a register, in the order in which the old system believed it: a correction comes last.
READINGS = """
SELECT delivery_point_id, register_id, read_on, (already + row_number() OVER (
        PARTITION BY delivery_point_id, register_id, read_on ORDER BY belief, line))::smallint AS sequence,
    value, source::smallint AS source, quality::smallint AS quality, read_on AS recorded_on
FROM (
    SELECT *, lag(value) OVER (PARTITION BY delivery_point_id, register_id, read_on ORDER BY belief, line) AS before
    FROM shown
) shown WHERE before IS DISTINCT FROM value
"""
SHOWN = f"""
SELECT new.point AS delivery_point_id, g.id AS register_id, new.read_on, new.line,
    CASE g.kind WHEN {RegisterKind.KWH:d} THEN new.index * 1000
        WHEN {RegisterKind.KW:d} THEN round(new.demand_kw::numeric / new.multiplier)::bigint
        ELSE round(new.demand_kva::numeric / new.multiplier)::bigint END AS value,
    CASE new.type WHEN 'CUSTOMER' THEN {Source.CUSTOMER:d} WHEN 'INSTALLATION' THEN {Source.INSTALLATION:d}
        WHEN 'REMOVAL' THEN {Source.REMOVAL:d} WHEN 'OPENING' THEN {Source.IMPORT:d}
        WHEN 'ESTIMATED' THEN {Source.IMPORT:d} ELSE {Source.STAFF:d} END AS source,
    CASE new.type WHEN 'ESTIMATED' THEN {Quality.ESTIMATED:d} ELSE {Quality.REAL:d} END AS quality,
    CASE new.type WHEN 'ESTIMATED' THEN 1 WHEN 'CORRECTED' THEN 9 ELSE 5 END AS belief, 0 AS already
FROM {{table}} new JOIN metering_register g ON g.meter_id = new.meter_id
WHERE new.type <> 'REJECTED' AND (g.kind = {RegisterKind.KWH:d}
    OR g.kind = {RegisterKind.KW:d} AND new.demand_kw IS NOT NULL
    OR g.kind = {RegisterKind.KVA:d} AND new.demand_kva IS NOT NULL)
"""
HANGS_THERE = """
UPDATE {of}_readings new SET point = k.our_id, meter_id = i.meter_id, multiplier = i.multiplier
FROM takeover_known k, metering_meter m, metering_installation i
WHERE k.kind = 'premises' AND k.key = new.premises AND m.serial = new.meter AND i.meter_id = m.id
    AND i.delivery_point_id = k.our_id AND new.read_on >= i.starts_on
    AND (i.ends_on IS NULL OR new.read_on <= i.ends_on)
"""
OUTRANKED = """
UPDATE changed_readings new SET outranked = true FROM ({readings}) other
WHERE (other.premises, other.meter, other.read_on) = (new.premises, new.meter, new.read_on) AND new.type <> 'CORRECTED'
    AND (other.type = 'CORRECTED' OR new.type = 'ESTIMATED' AND other.type NOT IN ('ESTIMATED', 'REJECTED'))
"""
LAST_HERE = """SELECT DISTINCT ON (r.delivery_point_id, r.register_id, r.read_on) r.* FROM metering_reading r
    WHERE (r.delivery_point_id, r.read_on) IN (SELECT point, read_on FROM changed_readings)
    ORDER BY r.delivery_point_id, r.register_id, r.read_on, r.sequence DESC"""
# Somebody corrected that day here: it shows neither what the old system said nor what it says now.
READ_HERE = f"""EXISTS (SELECT FROM ({LAST_HERE}) r JOIN metering_register g ON g.id = r.register_id
    WHERE g.meter_id = new.meter_id AND g.kind = {RegisterKind.KWH:d} AND g.name = 'total'
        AND (r.delivery_point_id, r.read_on) = (new.point, new.read_on)
        AND r.value NOT IN (was.index * 1000, new.index * 1000))"""
SAME_AS_KNOWN = f"""
DELETE FROM shown s USING ({LAST_HERE}) r, changed_readings new
WHERE (r.delivery_point_id, r.register_id, r.read_on, r.value)
        = (s.delivery_point_id, s.register_id, s.read_on, s.value)
    AND (new.point, new.read_on, new.line) = (s.delivery_point_id, s.read_on, s.line)
"""
# What a meter showed when it was hung or taken away, where no reading of that day says it.
AT_THE_ENDS = f"""
INSERT INTO shown
SELECT m.point, g.id, dial.on_day, m.line, dial.index * 1000, dial.source, {Quality.REAL:d}, 5, 0
FROM (TABLE new_meters UNION ALL TABLE changed_meters) m
JOIN metering_register g ON g.meter_id = m.meter_id AND g.kind = {RegisterKind.KWH:d}
CROSS JOIN LATERAL (VALUES (m.since, m.installed_index, {Source.INSTALLATION:d}),
    (m.removed_on, m.removed_index, {Source.REMOVAL:d})) dial (on_day, index, source)
WHERE dial.on_day IS NOT NULL AND dial.index IS NOT NULL AND dial.index >= 0 AND dial.index < 10::numeric ^ g.dials
    AND NOT EXISTS (SELECT FROM shown s WHERE s.delivery_point_id = m.point AND s.register_id = g.id
        AND s.read_on = dial.on_day)
    AND NOT EXISTS (SELECT FROM metering_reading r WHERE r.delivery_point_id = m.point AND r.register_id = g.id
        AND r.read_on = dial.on_day)
"""
ALREADY = """
UPDATE shown SET already = r.last FROM (SELECT delivery_point_id, register_id, read_on, max(sequence) AS last
    FROM metering_reading GROUP BY 1, 2, 3) r
WHERE (r.delivery_point_id, r.register_id, r.read_on) = (shown.delivery_point_id, shown.register_id, shown.read_on)
"""
REJECTED = """
SELECT DISTINCT ON (point, meter, read_on, index) point AS delivery_point_id, meter, read_on,
    index * 1000 AS value, coalesce(reader, '') AS reader, coalesce(anomaly, '') AS anomaly
FROM new_readings new WHERE type = 'REJECTED'
"""


def load_premises(load: Load, *, by: str) -> None:
    """Inscrire les lieux et leurs points de livraison; a round of the old system is a cycle of billing."""
    subscriptions = facts.ready("subscriptions", load.export_id)
    load.table("begun", f"SELECT premises, min(starts_on) AS starts_on FROM ({subscriptions}) s GROUP BY premises")
    load.take("premises", f""", nextval(pg_get_serial_sequence('premises_deliverypoint', 'id')) AS our_id,
        nextval(pg_get_serial_sequence('premises_premises', 'id')) AS premises_id,
        (CASE WHEN ready.round ~ '^0*[1-9][0-9]{{0,3}}$' THEN ready.round::integer ELSE {NO_CYCLE} END)::smallint
            AS cycle""", moves=PREMISES_MOVE)  # fmt: skip
    load.aside("premises", f"EXISTS ({SWITCHED})", "CHANGED_SINCE", """'{"columns": "round"}'::jsonb""", of="changed")
    load.aside("premises", f"EXISTS ({MULTIPLIED})", "CHANGED_SINCE", """'{"columns": "dwellings"}'::jsonb""",
               of="changed", by_dwelling=[it.book for it in load.books.values() if it.dwellings])  # fmt: skip
    for of in ("new", "changed"):
        load.aside("premises", "coalesce(new.phases, 1) NOT IN (1, 3)", "ODD_PHASES",
                   "jsonb_build_object('phases', new.phases)", of=of)  # fmt: skip
    load.aside("premises", "length(new.number) > 12 OR EXISTS (SELECT FROM premises_deliverypoint p"
               " WHERE p.number = new.number)", "NUMBER_TAKEN")  # fmt: skip
    write_places(load)
    given = {"parameters": {"as_of": load.as_of}}
    premises.take_over(premises=PREMISES.format(**NEW), delivery_points=POINTS.format(**NEW), **given)
    premises.follow(premises=PREMISES.format(**CHANGED), delivery_points=POINTS.format(**CHANGED), **given)
    load.know("premises", "new.our_id")
    network.state_transformers(stated=STATED, source="premises", by=by, on=load.as_of)
    load.take("rounds", moves="sequence every_months next_on instruction")
    load.missing("rounds", "premises", "premises")
    load.know("rounds")


def load_meters(load: Load) -> None:
    """Inscrire les compteurs, leurs registres et leurs poses; one of no known day hangs since its first reading."""
    load.table("read_there", READ_THERE.format(readings=facts.ready("readings", load.export_id)))
    load.take("meters", """, NULL::bigint AS point, NULL::bigint AS meter_id, NULL::date AS since""", moves=METER_MOVES)
    _follow_meters(load)
    load.missing("meters", "premises", "premises")
    load.run("""UPDATE new_meters new SET point = k.our_id, since = coalesce(new.installed_on, least(
            (SELECT first_on FROM read_there r WHERE r.premises = new.premises AND r.meter = new.serial),
            (SELECT energised_on FROM premises_deliverypoint p WHERE p.id = k.our_id)))
        FROM takeover_known k WHERE k.kind = 'premises' AND k.key = new.premises""")
    load.aside("meters", "new.dials NOT BETWEEN 3 AND 9 OR new.multiplier < 1", "ODD_METER",
               "jsonb_build_object('dials', new.dials, 'multiplier', new.multiplier)")  # fmt: skip
    load.aside("meters", "new.removed_on <= new.since", "ENDS_BEFORE_IT_STARTS")
    load.aside("meters", "(known.delivery_point_id = new.point OR m.serial = new.serial)"
               " AND daterange(known.starts_on, known.ends_on) && daterange(new.since, new.removed_on)", "HUNG_TWICE",
               using="metering_installation known JOIN metering_meter m ON m.id = known.meter_id")  # fmt: skip
    for by in ("serial", "point"):
        load.aside("meters", "(before.file_id, before.line) = (new.file_id, new.line) AND before.upto > new.since",
                   "HUNG_TWICE", using=HUNG.format(by=by))  # fmt: skip
    load.run("""UPDATE new_meters new SET meter_id = m.id FROM metering_meter m WHERE m.serial = new.serial""")
    load.run("""UPDATE new_meters new SET meter_id = given.id FROM (
            SELECT serial, nextval(pg_get_serial_sequence('metering_meter', 'id')) AS id
            FROM (SELECT DISTINCT serial FROM new_meters WHERE meter_id IS NULL) s) given
        WHERE given.serial = new.serial""")
    metering.take_over_meters(meters=METERS, registers=REGISTERS, installations=INSTALLATIONS)
    load.know("meters", "new.meter_id")


def _follow_meters(load: Load) -> None:
    """Déposer les compteurs that the old system took away since, before others are hung in their place."""
    load.run("""UPDATE changed_meters new SET point = k.our_id, meter_id = new.known_id, since = i.starts_on
        FROM takeover_known k JOIN metering_installation i ON i.delivery_point_id = k.our_id
        WHERE k.kind = 'premises' AND k.key = new.premises AND i.meter_id = new.known_id
            AND i.starts_on = coalesce(new.installed_on, (SELECT min(first.starts_on) FROM metering_installation first
                WHERE (first.meter_id, first.delivery_point_id) = (i.meter_id, i.delivery_point_id)))""")
    load.aside("meters", HERE, "CHANGED_HERE", using="was_meters was", of="changed")
    load.aside("meters", "was.key = new.key AND was.removed_on IS NOT NULL AND (new.removed_on, new.removed_index)"
               " IS DISTINCT FROM (was.removed_on, was.removed_index)", "CHANGED_SINCE",
               """'{"columns": "removed_on, removed_index"}'::jsonb""", "was_meters was", "changed")  # fmt: skip
    load.aside("meters", "new.removed_on <= new.since", "ENDS_BEFORE_IT_STARTS", of="changed")
    load.aside("meters", READ_AFTER, "CHANGED_HERE", of="changed")
    metering.follow_meters(meters=TOLD_METERS, removals=REMOVALS)


def load_readings(load: Load) -> None:
    """Inscrire les relèves, real and estimated; what the old system rejected is kept beside. A correction follows."""
    load.take("readings", ", NULL::bigint AS point, NULL::bigint AS meter_id, 1 AS multiplier, false AS outranked",
              moves="index reader anomaly demand_kw demand_kva")  # fmt: skip
    load.missing("readings", "premises", "premises")
    for of in ("new", "changed"):
        load.run(HANGS_THERE.format(of=of))
        _hold_impossible_readings(load, of)
    _follow_readings(load)
    elsewhere.keep(what="rejected_readings", query=REJECTED)
    load.table("shown", SHOWN.format(table="new_readings"))
    load.run(f"INSERT INTO shown {SHOWN.format(table='changed_readings')} AND NOT new.outranked")
    load.run(SAME_AS_KNOWN)
    load.run(AT_THE_ENDS)
    load.run(ALREADY)
    metering.take_over_readings(readings=READINGS)
    load.know("readings")


def _hold_impossible_readings(load: Load, of: str) -> None:
    """Put aside what no meter there can have shown."""
    there = "jsonb_build_object('meter', new.meter, 'premises', new.premises, 'day', new.read_on)"
    load.aside("readings", "new.meter_id IS NULL", "NO_METER_THERE", there, of=of)
    load.aside("readings", "new.read_on > %(as_of)s + 1", "DAY_TO_COME", there, of=of)
    load.aside("readings", "g.meter_id = new.meter_id AND g.kind = 1 AND g.name = 'total' AND (new.index IS NULL"
               " OR new.index < 0 OR new.index >= 10::numeric ^ g.dials)", "BEYOND_ITS_DIALS",
               "jsonb_build_object('index', new.index, 'dials', g.dials)", "metering_register g", of)  # fmt: skip


def _follow_readings(load: Load) -> None:
    """Corriger what the old system reads otherwise now, where nothing of that day is believed more."""
    if not load.rows("SELECT FROM changed_readings LIMIT 1"):
        return
    load.run(OUTRANKED.format(readings=facts.ready("readings", load.export_id)))
    index_moved = "was.key = new.key AND new.index IS DISTINCT FROM was.index"
    load.aside("readings", f"{index_moved} AND new.type = 'REJECTED'", "CHANGED_SINCE",
               """'{"columns": "index"}'::jsonb""", "was_readings was", "changed")  # fmt: skip
    load.aside("readings", f"{index_moved} AND NOT new.outranked AND {READ_HERE}", "CHANGED_HERE",
               using="was_readings was", of="changed")  # fmt: skip
