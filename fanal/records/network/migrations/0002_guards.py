from django.db import migrations

from fanal.records.journal.guards import append_only, never_deleted

LINES = ("street", "span", "servicedrop")
LOCATED = ("support", "transformer", "switchingdevice", "connection", "light", *LINES)
ELEMENTS = (*LOCATED, "feeder")

# An element changes by a later survey, and what it was is kept here, whoever writes.
KEEP_BEFORE = """
CREATE FUNCTION network_keep_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD) - 'survey_id';
    is_now jsonb := to_jsonb(NEW) - 'survey_id';
BEGIN
    IF NEW.survey_id <= OLD.survey_id OR NEW.number <> OLD.number OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'Dans la table %, un élément ne change que par un nouveau relevé du réseau.', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO network_change (element, number, survey_id, before, after)
    SELECT TG_TABLE_NAME, OLD.number, NEW.survey_id, coalesce(jsonb_object_agg(key, value), '{}'),
        coalesce(jsonb_object_agg(key, is_now -> key), '{}')
    FROM jsonb_each(was) WHERE value IS DISTINCT FROM is_now -> key;
    RETURN NEW;
END $$
"""
CHECKS = {
    "network_transformer": {
        "transformer_has_power": "kva > 0",
        "transformer_has_phases": "phases ~ '^A?B?C?$' AND phases <> ''",
    },
    "network_span": {
        "span_has_phases": "phases ~ '^A?B?C?$' AND phases <> ''",
        "span_goes_somewhere": "from_support_id <> to_support_id",
        # A tie between feeders, normally open, is of none of them.
        "span_is_fed": "CASE level WHEN 'LOW' THEN transformer_id IS NOT NULL "
        "ELSE feeder_id IS NOT NULL OR state IS NOT DISTINCT FROM 'OPEN' END",
        "span_level_known": "level IN ('MEDIUM', 'LOW')",
        "span_state_known": "state IN ('CLOSED', 'OPEN', 'OUT')",
    },
    "network_support": {"support_kind_known": "kind IN ('POLE', 'SUBSTATION')"},
    "network_switchingdevice": {
        "switching_device_kind_known": "kind IN ('BREAKER', 'DISCONNECTOR', 'FUSE', 'SWITCH', 'CUTOUT')"
    },
    **{
        f"network_{it}": {f"{it}_has_a_line": "cardinality(path) >= 4 AND cardinality(path) % 2 = 0"}
        for it in ("street", "servicedrop")
    },
}
CHECKS["network_span"]["span_has_a_line"] = "cardinality(path) >= 4 AND cardinality(path) % 2 = 0"


def checks() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, named in CHECKS.items() for name, condition in named.items()
    ]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        *checks(),
        migrations.RunSQL(
            [f"ALTER TABLE network_{it} ADD CONSTRAINT {it}_has_a_number CHECK (number <> '')" for it in ELEMENTS],
            [f"ALTER TABLE network_{it} DROP CONSTRAINT {it}_has_a_number" for it in ELEMENTS],
        ),
        migrations.RunSQL(KEEP_BEFORE, "DROP FUNCTION network_keep_before CASCADE"),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER network_{it}_keeps_before BEFORE UPDATE ON network_{it} "
                "FOR EACH ROW EXECUTE FUNCTION network_keep_before()"
                for it in ELEMENTS
            ],
            migrations.RunSQL.noop,
        ),
        append_only("network_survey", "network_change", "network_statedtransformer"),
        never_deleted("network_support", "network_street", "network_feeder", "network_transformer", "network_span"),
        never_deleted("network_switchingdevice", "network_servicedrop", "network_connection", "network_light"),
    ]
