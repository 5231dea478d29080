"""The first published criteria: DESIGN.md, "Rules (criteria version 1)"."""

from typing import Any

from django.db import migrations

VERSION_1 = {
    "distance": 300, "goals": 300, "kind": 150, "support": 100, "days": 100, "allowance": 50, "kind_second": 75, "support_step": 40,
}


def publish(apps: Any, schema_editor: Any) -> None:
    apps.get_model("matching", "Criteria").objects.get_or_create(version=1, defaults=VERSION_1)


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_published_criteria")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
