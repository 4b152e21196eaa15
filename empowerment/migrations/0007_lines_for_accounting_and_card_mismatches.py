from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("empowerment", "0006_indexes_for_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="accountingline",
            name="day",
            field=models.DateField(default=date(2026, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accountingline",
            name="debit",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accountingline",
            name="credit",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="cardmatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned", None)),
                fields=("case",),
                name="a_case_has_one_card_line",
            ),
        ),
        migrations.CreateModel(
            name="CardMismatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="empowerment.case",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mismatches",
                        to="empowerment.cardline",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "returned",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="empowerment.casereturn",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
    ]
