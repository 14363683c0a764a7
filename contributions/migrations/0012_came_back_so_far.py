"""What came back before it was written down, and nobody has acted on since."""

from django.db import migrations

CAME_BACK = """
UPDATE contributions_contribution c SET came_back_at = last.at
FROM (SELECT DISTINCT ON (contribution_id) contribution_id, step, at FROM contributions_trailentry ORDER BY contribution_id, at DESC, id DESC) last
WHERE last.contribution_id = c.id AND last.step IN ('return', 'reopen', 'reply') AND c.answered_at IS NOT NULL
  AND c.status IN ('submitted', 'exploring', 'planned', 'reported', 'understanding', 'open_for_ideas', 'action_plan', 'testing')
"""


class Migration(migrations.Migration):
    dependencies = [("contributions", "0011_came_back")]

    operations = [migrations.RunSQL(CAME_BACK, migrations.RunSQL.noop)]
