"""The five roles, and the mark of the accounts that belong to the demo town."""

from typing import Any

from django.db import migrations

from fanal.doors.desk.roles import DEMO, Role


def create(apps: Any, _editor: Any) -> None:
    group = apps.get_model("auth", "Group")
    for name in (*(role.value for role in Role), DEMO):
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
