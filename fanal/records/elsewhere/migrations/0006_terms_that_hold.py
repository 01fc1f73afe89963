from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """An instalment of nothing pays all that is owed; one of too many counts is walked through for ever."""

    dependencies = [("elsewhere", "0005_no_next_day")]
    operations = [
        migrations.AddConstraint(
            "undertaking",
            models.CheckConstraint(
                condition=Q(kind__in=["DEBIT", "DEPOSIT"], amount_cents__gte=0) | Q(amount_cents__gte=1),
                name="undertaking_of_an_amount",
            ),
        ),
        migrations.AddConstraint(
            "undertaking",
            models.CheckConstraint(
                condition=~Q(kind="ARRANGEMENT") | Q(terms__count__gte=1, terms__count__lte=600),
                name="undertaking_ends",
            ),
        ),
    ]
