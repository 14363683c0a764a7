"""A sent answer's draft is kept until it can no longer be taken back. Going back lets go of those."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contributions', '0012_came_back_so_far'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='answerdraft',
            name='answer_draft_once_per_step',
        ),
        migrations.AddField(
            model_name='answerdraft',
            name='sent_as',
            field=models.OneToOneField(blank=True, help_text='the step it was sent as', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.trailentry'),
        ),
        migrations.AddConstraint(
            model_name='answerdraft',
            constraint=models.UniqueConstraint(condition=models.Q(('sent_as__isnull', True)), fields=('contribution', 'step'), name='answer_draft_once_per_step'),
        ),
        migrations.RunSQL(
            sql=migrations.RunSQL.noop, reverse_sql="DELETE FROM contributions_answerdraft WHERE sent_as_id IS NOT NULL"
        ),
    ]
