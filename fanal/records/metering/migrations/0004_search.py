from django.db import migrations

# A serial number as it is dictated: without its spaces, hyphens and points.
SERIALS = """
CREATE INDEX metering_meter_search ON metering_meter USING gin (translate(lower(serial), ' -.', '') gin_trgm_ops)
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0003_estimate_once"), ("journal", "0003_plain_text")]
    operations = [migrations.RunSQL(SERIALS, "DROP INDEX metering_meter_search")]
