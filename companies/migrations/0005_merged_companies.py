"""Two records of one company that become one; what a partial recognition keeps a company from offering, as a view."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Rows start from recognitions for a part, of which there are few: `valid` ones, the other goals of their qualification, less what another
# valid recognition of the same company covers. A company may appear twice with the same goal.
VIEW = """
    CREATE VIEW companies_withheldgoal AS
    SELECT r.company_id, g.goal_id
      FROM companies_recognition r
      JOIN reference_qualificationgoal g ON g.qualification_id = r.qualification_id
     WHERE r.valid
       AND EXISTS (SELECT FROM companies_recognition_goals part WHERE part.recognition_id = r.id)
       AND NOT EXISTS (
           SELECT FROM companies_recognition v
             JOIN companies_recognition_goals part ON part.recognition_id = v.id
            WHERE v.company_id = r.company_id AND v.valid AND part.learninggoal_id = g.goal_id)
       AND NOT EXISTS (
           SELECT FROM companies_recognition v
             JOIN reference_qualificationgoal o ON o.qualification_id = v.qualification_id
            WHERE v.company_id = r.company_id AND v.valid AND o.goal_id = g.goal_id
              AND NOT EXISTS (SELECT FROM companies_recognition_goals part WHERE part.recognition_id = v.id))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0004_register_in_one_go"),
        ("reference", "0002_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW companies_withheldgoal"),
        migrations.CreateModel(
            name="WithheldGoal",
            fields=[
                ("pk", models.CompositePrimaryKey("company_id", "goal_id", blank=True, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                "db_table": "companies_withheldgoal",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CompanyMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("merged", "merged"), ("declined", "two companies"), ("undone", "undone")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="How do you know that they are one company?")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("moved", models.JSONField(default=dict)),
                ("left", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(fields=["postcode"], name="companies_by_postcode"),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), models.Q(("merged_into", models.F("pk")), _negated=True), _connector="OR"),
                name="merged_into_another_company",
            ),
        ),
        migrations.AddField(
            model_name="companymerge",
            name="asked_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="companymerge",
            name="decided_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="companymerge",
            name="kept",
            field=models.ForeignKey(
                help_text="Which goes on.", on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="companymerge",
            name="merged",
            field=models.ForeignKey(
                help_text="Which becomes part of the other.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_away",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="companymerge",
            name="undone_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("merged")), _negated=True), name="a_company_is_merged_into_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "asked"), ("decided_at__isnull", False), _connector="OR"), name="a_decided_merge_says_when"
            ),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "undone"), _negated=True), ("undone_at__isnull", False), _connector="OR"),
                name="an_undone_merge_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("asked_by", None),
                    ("decided_by", None),
                    models.Q(("asked_by", models.F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="who_asks_for_a_merge_does_not_decide_on_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.UniqueConstraint(condition=models.Q(("state", "merged")), fields=("merged",), name="a_company_is_merged_once"),
        ),
        migrations.AddConstraint(
            model_name="companymerge",
            constraint=models.UniqueConstraint(condition=models.Q(("state", "asked")), fields=("kept", "merged"), name="one_open_question_per_pair"),
        ),
    ]
